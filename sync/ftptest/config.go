package ftptest

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

//go:embed helpers/preload.c
var preloadSource []byte

// configure writes the program's files and returns how to run it. A program
// that is not there is an *absentError.
func (s *Server) configure() (command, error) {
	var c command
	var err error
	switch s.Kind {
	case VSFTPD:
		c, err = s.vsftpd()
	case ProFTPD:
		c, err = s.proftpd()
	case PureFTPd:
		c, err = s.pureftpd()
	case PyFTPD:
		c, err = s.pyftpd()
	default:
		err = fmt.Errorf("%q is no kind of server", s.Kind)
	}
	c.env = append(append(s.install.environment(), "OPENSSL_CONF="+s.file("openssl.cnf")), c.env...)
	c.netns = s.Options.Netns
	return c, err
}

func yes(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

// lines is a configuration file in the making.
type lines struct{ text strings.Builder }

func (l *lines) add(format string, args ...any) { fmt.Fprintf(&l.text, format+"\n", args...) }

func (l *lines) write(file string) error { return os.WriteFile(file, []byte(l.text.String()), 0o600) }

// preload compiles preload.c and returns the environment that loads it.
func (s *Server) preload() ([]string, error) {
	if err := os.WriteFile(s.file("preload.c"), preloadSource, 0o600); err != nil {
		return nil, err
	}
	args := []string{"-shared", "-fPIC", "-O1", "-o", s.file("preload.so"), s.file("preload.c")}
	if !isRoot() {
		args = append([]string{"-DUNPRIVILEGED"}, args...)
	}
	cc := exec.Command("cc", args...)
	if out, err := cc.CombinedOutput(); err != nil {
		return nil, &absentError{fmt.Errorf("the C compiler, which %s needs here: %w: %s", s.Kind, err, out)}
	}
	return []string{
		"LD_PRELOAD=" + s.file("preload.so"), "FTPTEST_USER=" + s.User, "FTPTEST_PASSWORD=" + s.Password,
		"FTPTEST_SETTINGS=" + s.file("conf"),
	}, os.Chmod(s.file("preload.so"), 0o755)
}
