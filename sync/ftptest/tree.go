package ftptest

import (
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// node is one file or folder of the scripted server.
type node struct {
	dir  bool
	data []byte
	mod  time.Time
	mode uint32
}

// tree is the scripted server's content, by clean absolute path. Its methods
// may be called from any goroutine.
type tree struct {
	mu    sync.Mutex
	nodes map[string]node // guarded
}

func newTree() *tree {
	return &tree{nodes: map[string]node{"/": {dir: true, mode: 0o755, mod: birth()}}}
}

// birth is the time of what a Plan puts there: fixed, so that listings can be
// compared.
func birth() time.Time { return time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC) }

func (t *tree) get(name string) (node, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.nodes[name]
	return n, ok
}

// put stores a node; false when the folder above is missing.
func (t *tree) put(name string, n node) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.nodes[path.Dir(name)].dir {
		return false
	}
	t.nodes[name] = n
	return true
}

// renew stores a node where one stands.
func (t *tree) renew(name string, n node) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, stands := t.nodes[name]; stands {
		t.nodes[name] = n
	}
}

// plant stores a file with the folders above it.
func (t *tree) plant(name string, n node) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for dir := path.Dir(name); !t.nodes[dir].dir; dir = path.Dir(dir) {
		t.nodes[dir] = node{dir: true, mode: 0o755, mod: birth()}
	}
	t.nodes[name] = n
}

// remove deletes one name; false when it is not there, of the other type, or
// a folder with content.
func (t *tree) remove(name string, dir bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.nodes[name]
	if !ok || n.dir != dir || name == "/" {
		return false
	}
	for other := range t.nodes {
		if strings.HasPrefix(other, name+"/") {
			return false
		}
	}
	delete(t.nodes, name)
	return true
}

// rename moves a name with everything below it and replaces a file, as
// rename(2) does; false when it cannot.
func (t *tree) rename(from, to string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.nodes[from]
	over, taken := t.nodes[to]
	if !ok || !t.nodes[path.Dir(to)].dir || taken && (over.dir || n.dir) || strings.HasPrefix(to, from+"/") {
		return false
	}
	moved := map[string]node{}
	for name, n := range t.nodes {
		if name == from || strings.HasPrefix(name, from+"/") {
			moved[to+strings.TrimPrefix(name, from)] = n
			delete(t.nodes, name)
		}
	}
	for name, n := range moved {
		t.nodes[name] = n
	}
	return true
}

// list returns the names directly in a folder, sorted.
func (t *tree) list(dir string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for name := range t.nodes {
		if name != "/" && path.Dir(name) == dir {
			names = append(names, path.Base(name))
		}
	}
	slices.Sort(names)
	return names
}
