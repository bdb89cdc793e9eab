package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// tree is files of which the same are made each time.
type tree struct {
	name    string // its folder
	files   int
	folders int // that the files are spread over, below name; 0 = name itself
	// smallest and largest file, in bytes; sizes go round between them.
	smallest, largest int64
}

func bigFile(size int64) tree {
	return tree{name: "big", files: 1, smallest: size, largest: size}
}

func smallFiles() tree {
	return tree{name: "small", files: 2000, folders: 40, smallest: 1 << 10, largest: 8 << 10}
}

func tinyFiles(n int) tree {
	return tree{name: "tiny", files: n, smallest: 1 << 10, largest: 1 << 10}
}
func crowd() tree { return tree{name: "crowd", files: 100_000} }

// amount is what a tree holds, to see that all of it arrived.
type amount struct {
	files int
	bytes int64
}

// make writes the tree below dir, readable for everybody. The content is
// random, so that no file system or client finds holes in it.
func (t tree) make(dir string) (amount, error) {
	const seed = "the same content in each run...."
	content := rand.NewChaCha8([32]byte([]byte(seed)))
	var sum amount
	for i := range t.files {
		folder := filepath.Join(dir, t.name)
		if t.folders > 0 {
			folder = filepath.Join(folder, fmt.Sprintf("folder-%02d", i%t.folders))
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return sum, err
		}
		size := t.smallest
		if t.largest > t.smallest {
			size += int64(i) * 997 % (t.largest - t.smallest + 1)
		}
		if err := write(filepath.Join(folder, fmt.Sprintf("file-%06d.dat", i)), content, size); err != nil {
			return sum, err
		}
		sum.files++
		sum.bytes += size
	}
	return sum, nil
}

// write makes one file. Its size may be beyond what memory should hold.
func write(name string, content io.Reader, size int64) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, content, size)
	return errors.Join(err, f.Close())
}

// count is what lies below dir.
func count(dir string) (amount, error) {
	var sum amount
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		sum.files++
		sum.bytes += info.Size()
		return nil
	})
	return sum, err
}

// likeness copies what lies below from, with the times of its files, as an earlier
// run of a client that keeps them would have.
func likeness(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		return os.Chtimes(filepath.Join(to, inside), time.Time{}, info.ModTime())
	})
}
