package desktop

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"
)

// tailSize bounds what Run keeps of a command's output, in bytes.
const tailSize = 4 << 10

// secrets are the variables of the environment that a command does not inherit.
var secrets = []string{"WHERRY_PASSWORD"}

// Run runs a command by the person's shell ($SHELL, else the system's) and waits
// for its end, or ctx's: then the command is ended, with all that it started.
// env holds NAME=VALUE pairs on top of the program's own environment, without
// the passwords that came in it. tail is the end of what the command said on
// either output.
func Run(ctx context.Context, command string, env ...string) (tail string, err error) {
	c := shell(ctx, command)
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if !contains(secrets, name) {
			c.Env = append(c.Env, pair)
		}
	}
	c.Env = append(c.Env, env...)
	c.WaitDelay = 2 * time.Second // for what was left running in the background with our outputs
	var said lastBytes
	c.Stdout, c.Stderr = &said, &said
	err = c.Run()
	return said.text(), err
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) { // Windows
			return true
		}
	}
	return false
}

// lastBytes keeps the end of what is written to it.
type lastBytes struct {
	mu   sync.Mutex
	kept []byte // guarded
}

func (l *lastBytes) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, p[max(len(p)-tailSize, 0):]...)
	if over := len(l.kept) - tailSize; over > 0 {
		l.kept = append(l.kept[:0], l.kept[over:]...)
	}
	return len(p), nil
}

func (l *lastBytes) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(l.kept), "\uFFFD"))
}
