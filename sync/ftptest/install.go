package ftptest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// installation is where the servers' programs are: the cache folder that
// .ci/servers.sh fills first, then this system's own.
type installation struct {
	root string // the unpacked tree; need not exist
}

// findInstallation looks where .ci/servers.sh puts the tree.
func findInstallation() installation {
	cache := os.Getenv("WHERRY_TEST_SERVERS")
	if cache == "" {
		base := os.Getenv("XDG_CACHE_HOME")
		if base == "" {
			base = filepath.Join(os.Getenv("HOME"), ".cache")
		}
		cache = filepath.Join(base, "wherry-test")
	}
	return installation{root: filepath.Join(cache, "root")}
}

// program returns the path of a server's executable.
func (i installation) program(name string) (string, error) {
	for _, dir := range []string{
		filepath.Join(i.root, "usr/sbin"), filepath.Join(i.root, "usr/bin"),
		"/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin",
	} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 && !info.IsDir() {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed; run make servers", name)
	}
	return path, nil
}

// dir returns the first existing folder or file of that name in the unpacked
// tree or in this system, where name may hold a glob.
func (i installation) dir(name string) (string, bool) {
	for _, root := range []string{i.root, "/"} {
		if found, err := filepath.Glob(filepath.Join(root, name)); err == nil && len(found) > 0 {
			return found[0], true
		}
	}
	return "", false
}

// environment is a process environment in which the unpacked programs find
// their libraries and modules.
func (i installation) environment() []string {
	var libs []string
	for _, pattern := range []string{"usr/lib/*-linux-*", "lib/*-linux-*"} {
		if found, err := filepath.Glob(filepath.Join(i.root, pattern)); err == nil {
			libs = append(libs, found...)
		}
	}
	return []string{
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TZ=UTC",
		"LD_LIBRARY_PATH=" + strings.Join(libs, ":"),
	}
}

// python returns a python3 that has pyftpdlib, and the module path it needs.
// The first python3 on the PATH is often one without the system's modules.
func (i installation) python() (program, path string, err error) {
	modules := filepath.Join(i.root, "usr/lib/python3/dist-packages")
	var tried error
	for _, candidate := range []string{"/usr/bin/python3", "python3"} {
		cmd := exec.Command(candidate, "-c", "import pyftpdlib.servers, OpenSSL")
		cmd.Env = append(i.environment(), "PYTHONPATH="+modules)
		if _, err := cmd.Output(); err == nil {
			return candidate, modules, nil
		} else {
			tried = err
		}
	}
	var exit *exec.ExitError
	if errors.As(tried, &exit) {
		lines := strings.Split(strings.TrimSpace(string(exit.Stderr)), "\n")
		return "", "", fmt.Errorf("python3 has no pyftpdlib (%s); run make servers", lines[len(lines)-1])
	}
	return "", "", fmt.Errorf("python3 is not installed: %w", tried)
}
