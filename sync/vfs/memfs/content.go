package memfs

import (
	"slices"
	"time"

	"wherry/sync/vfs"
)

// Put makes a file and the folders above it, past every hook and fault. A
// name that is no path, or a file in the way, panics: it is a slip of the
// test.
func (f *FS) Put(name, content string, modTime time.Time) {
	f.plant(name, &node{typ: vfs.TypeFile, mode: 0o644, data: []byte(content), modTime: modTime})
}

// PutDir makes a folder and the folders above it; see Put.
func (f *FS) PutDir(name string) {
	f.plant(name, &node{typ: vfs.TypeDir, mode: 0o755, modTime: f.now(), children: map[string]*node{}})
}

// PutLink makes a symbolic link; see Put. A relative target is seen from the
// link's folder.
func (f *FS) PutLink(name, target string) {
	f.plant(name, &node{typ: vfs.TypeLink, mode: 0o777, target: target, modTime: f.now()})
}

// PutOther makes something that is neither file, folder nor link, such as a
// device; see Put.
func (f *FS) PutOther(name string) {
	f.plant(name, &node{typ: vfs.TypeOther, mode: 0o600, modTime: f.now()})
}

func (f *FS) plant(name string, n *node) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := vfs.MustParse(name)
	dir := f.root
	for _, elem := range p.Dir().Elems() {
		_, next, ok := f.childLocked(dir, elem)
		if !ok {
			next = &node{typ: vfs.TypeDir, mode: 0o755, modTime: f.now(), children: map[string]*node{}}
			f.addLocked(dir, elem, next)
		}
		if next.typ != vfs.TypeDir {
			panic("memfs: " + name + " lies below a file")
		}
		dir = next
	}
	if _, there, ok := f.childLocked(dir, p.Base()); ok && there.typ == vfs.TypeDir && n.typ == vfs.TypeDir {
		return
	}
	f.addLocked(dir, p.Base(), n)
}

// Get returns a file's content past every hook and fault; ok is false where
// there is no such file.
func (f *FS) Get(name string) (content string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.findLocked(OpOpen, vfs.MustParse(name), true)
	if err != nil || n.typ != vfs.TypeFile {
		return "", false
	}
	return string(n.data), true
}

// Drop removes a name and all below it past every hook and fault.
func (f *FS) Drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := vfs.MustParse(name)
	if dir, err := f.findLocked(OpRemove, p.Dir(), true); err == nil && !p.IsRoot() {
		f.dropLocked(dir, p.Base())
	}
}

// Files returns every file by its path, for comparing whole trees.
func (f *FS) Files() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	files := map[string]string{}
	collect(files, "", f.root)
	return files
}

func collect(files map[string]string, name string, n *node) {
	if n.typ == vfs.TypeFile {
		files[name] = string(n.data)
	}
	for _, child := range slices.Clone(n.order) {
		collect(files, name+"/"+child, n.children[child])
	}
}

// OpenStreams is how many readers and writers were neither closed, committed
// nor aborted; a test that ends with one has found a leak.
func (f *FS) OpenStreams() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.streams)
}
