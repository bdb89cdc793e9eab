package session

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"wherry/sync/ftptest"
	"wherry/sync/vfs"
)

// chatter has a correct server say replies that nobody asked for, at random.
type chatter struct {
	mu    sync.Mutex
	rand  *rand.Rand     // guarded
	words []string       // fixed: the replies
	fit   map[string]int // fixed: by verb, the code of a word that could be its answer
}

// around wraps the answer to every command behind the login. What comes behind
// an answer may meet any command, so it is one of everybody's strangers.
func (n *chatter) around(c *ftptest.Conn, arg string) {
	if before := n.pick(); before != "" && !n.couldAnswer(c.Verb, before) {
		c.Say("%s", before)
	}
	ftptest.Default(c, arg)
	if behind := n.pick(); strings.HasPrefix(behind, "3") || strings.HasPrefix(behind, "230") {
		c.Say("%s", behind)
	}
}

func (n *chatter) couldAnswer(verb, word string) bool {
	return strings.HasPrefix(word, fmt.Sprint(n.fit[verb]))
}

func (n *chatter) pick() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rand.IntN(4) > 0 {
		return ""
	}
	return n.words[n.rand.IntN(len(n.words))]
}

func (n *chatter) plan() ftptest.Plan {
	verbs := map[string]ftptest.Handler{}
	for _, v := range []string{
		"MLST", "SIZE", "MLSD", "RETR", "STOR", "EPSV", "DELE", "MKD", "RMD", "RNFR", "RNTO", "MFMT", "NOOP", "CWD",
	} {
		verbs[v] = n.around
	}
	return ftptest.Plan{Verbs: verbs, Files: map[string]string{"/f": "12345", "/seven": "1234567", "/in/x": ""}}
}

// crew does things at random and knows what must come of them.
type crew struct {
	*rig
	rand *rand.Rand
	s    *Session
	made int
	// sure tells that a success is one and a refusal too.
	sure bool
}

func (c *crew) step() error {
	ctx, t := c.t.Context(), c.t
	switch c.rand.IntN(6) {
	case 0:
		name, size := "/f", int64(5)
		if c.rand.IntN(2) == 0 {
			name, size = "/seven", 7
		}
		e, err := c.s.Stat(ctx, vfs.MustParse(name))
		if err == nil && (e.Size != size || e.Type != vfs.TypeFile) {
			t.Errorf("%s is %+v", name, e)
		}
		return err
	case 1:
		got, err := read(ctx, c.s, "/seven")
		if err == nil && got != "1234567" {
			t.Errorf("read %q", got)
		}
		return err
	case 2:
		entries, err := c.s.List(ctx, vfs.MustParse("/in"))
		if err == nil && (len(entries) != 1 || entries[0].Name != "x") {
			t.Errorf("listed %+v", entries)
		}
		return err
	case 3:
		c.made++
		name, content := fmt.Sprintf("/new%d", c.made), strings.Repeat("x", c.made)
		err := write(ctx, c.s, name, content)
		// A server stores an upload before or after its last word.
		if got, ok := c.Get(name); err == nil && c.sure && (!ok || string(got) != content) {
			t.Errorf("%s holds %q", name, got)
		}
		return err
	case 4:
		c.made++
		name := fmt.Sprintf("dir%d", c.made)
		err := c.s.Mkdir(ctx, vfs.MustParse("/"+name))
		if err == nil && c.sure && !slices.Contains(c.Names("/"), name) {
			t.Errorf("%s is not there", name)
		}
		return err
	}
	err := c.s.Remove(ctx, vfs.MustParse("/nothing"))
	if err == nil && c.sure {
		t.Error("what was not there is gone")
	}
	if vfs.KindOf(err) == vfs.KindNotFound {
		return nil
	}
	return err
}

// TestStraysAreNoAnswers: whatever a server says without having been asked,
// and wherever, no reply is taken for the answer to a command whose code tells
// that it is another's, and none is taken for the answer to the command after
// its own. Where codes cannot tell, what is learned from the server's content
// is true all the same.
func TestStraysAreNoAnswers(t *testing.T) {
	telling := []string{
		"226 Done", "225 Nothing to abort", "426 Broken", "213 99", `257 "/made"`, "229 Extended (|||1|)",
		"227 Passive (127,0,0,1,0,1)", "350 Go on", "331 Password", "230 Welcome", "211 No features", "150 Here it comes",
	}
	vague := []string{"200 OK", "250 OK", "202 Superfluous", "550 No", "450 Not now", "500 What?", "226 Done", "150 Here it comes"}
	own := map[string]int{
		"SIZE": 213, "MDTM": 213, "MFMT": 213, "MKD": 257, "EPSV": 229, "RNFR": 350,
		"RETR": 426, "STOR": 426, "MLSD": 426,
	}
	for outcome, words := range map[string][]string{"by codes that tell": telling, "by codes that do not": vague} {
		for seed := range uint64(40) {
			t.Run(fmt.Sprintf("%s, %d", outcome, seed), func(t *testing.T) {
				t.Parallel()
				n := &chatter{rand: rand.New(rand.NewPCG(seed, 1)), words: words, fit: own}
				c := &crew{rig: script(t, n.plan()), rand: rand.New(rand.NewPCG(seed, 2)), sure: len(words) == len(telling)}
				c.s = c.open()
				for range 30 {
					err := c.step()
					switch kind := vfs.KindOf(err); {
					case err == nil || !c.sure && kind != vfs.KindTimeout:
					case kind != vfs.KindLost && kind != vfs.KindProtocol:
						t.Errorf("%v", err)
					}
					if t.Failed() {
						return
					}
					if !c.s.Usable() {
						c.s = c.open()
					}
				}
			})
		}
	}
}
