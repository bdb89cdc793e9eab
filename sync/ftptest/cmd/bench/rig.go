package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"wherry/sync/ftptest"
)

// rig is what the measurements stand on.
type rig struct {
	settings
	base    string    // holds everything that is made
	clients []program // Wherry first
	near    *ftptest.Server
	distant *ftptest.Server
	unlink  func() error      // takes the delayed link down
	made    map[string]amount // trees that are there, by where
}

// prepare makes the folder. Servers start when a work needs them.
func prepare(s settings) (*rig, error) {
	b := &rig{settings: s, made: map[string]amount{}}
	parent := s.dir
	if parent == "" {
		parent = roomy(int64(s.bigMiB) << 20)
	}
	var err error
	if b.base, err = os.MkdirTemp(parent, "wherry-bench-"); err != nil {
		return nil, err
	}
	// ftptest makes the servers' folders where temporary files belong; their
	// login must be able to walk there.
	return b, errors.Join(os.Chmod(b.base, 0o755), os.Setenv("TMPDIR", b.base))
}

// memory is where Linux keeps files in memory.
const memory = "/dev/shm"

// roomy is a folder in memory where there is room for the big file three
// times, at client, server and once more, and half of it to spare; else where
// temporary files go. Disks would be measured there rather than programs.
func roomy(big int64) string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err == nil && int64(fs.Bavail)*int64(fs.Bsize) > big*9/2 {
		return memory
	}
	return os.TempDir()
}

// touch sees to it that a run finds as many bytes of memory as it will fill. The
// host of a virtual machine takes back what lies free, and whoever writes there
// first waits for it: 2.7 s of processor time for 1 GiB that cost 0.4 s the next
// time. Without it the figures tell who came first.
func (b *rig) touch(bytes int64) error {
	if !strings.HasPrefix(b.base, memory) {
		return nil
	}
	name := b.file("touched")
	err := write(name, rand.NewChaCha8([32]byte{}), bytes)
	return errors.Join(err, os.Remove(name))
}

func (b *rig) close() error {
	var err error
	for _, s := range []*ftptest.Server{b.near, b.distant} {
		if s != nil {
			err = errors.Join(err, s.Stop())
		}
	}
	if b.unlink != nil {
		err = errors.Join(err, b.unlink())
	}
	return errors.Join(err, os.RemoveAll(b.base))
}

// place is where a work happens.
type place struct {
	server *ftptest.Server
	host   string // as the clients name the server
	whole  amount // of the tree
}

// place starts the server that the work needs, makes its tree, and says what
// the machine lacks for it.
func (b *rig) place(ctx context.Context, w work) (p place, missing string, err error) {
	if w.far {
		if b.distant == nil {
			if b.unlink, err = far(ctx, oneWay); err != nil {
				b.unlink = nil
				return p, fmt.Sprintf("no delayed link (%v)", err), nil
			}
			b.distant, err = ftptest.Launch(b.kind, ftptest.Options{TLS: true, MinTLS: tls.VersionTLS13, Host: nearHost, Advertise: farHost})
		}
		p.server, p.host = b.distant, farHost
	} else {
		if b.near == nil {
			b.near, err = ftptest.Launch(b.kind, ftptest.Options{TLS: true, MinTLS: tls.VersionTLS13})
		}
		p.server, p.host = b.near, "127.0.0.1"
	}
	if err != nil {
		return p, "", err
	}
	from := p.server.Dir
	if w.do == put {
		from = b.file("from")
	}
	where := filepath.Join(from, w.tree.name)
	if _, there := b.made[where]; !there {
		if b.made[where], err = w.tree.make(from); err != nil {
			return p, "", err
		}
	}
	p.whole = b.made[where]
	return p, "", nil
}

// file names something in the rig's own folder.
func (b *rig) file(name string) string { return filepath.Join(b.base, name) }
