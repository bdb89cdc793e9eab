package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"wherry/sync/ftptest"
)

// TestPrivateFoldersStayPrivate with --keep-mode, up and down, on the servers that
// people use: also the folder that the arguments themselves name.
func TestPrivateFoldersStayPrivate(t *testing.T) {
	want := map[string]fs.FileMode{".": 0o700, "sub": 0o750, "sub/deep": 0o711}
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			s := ftptest.Start(t, kind, ftptest.Options{})
			h := newHome(t, s.Password)
			t.Setenv("WHERRY_PASSWORD", s.Password)
			base := t.TempDir()
			plant(t, filepath.Join(base, "private"), map[string]string{"a": "a", "sub/b": "b", "sub/deep/c": "c"})
			for name, mode := range want {
				if err := os.Chmod(filepath.Join(base, "private", name), mode); err != nil {
					t.Fatal(err)
				}
			}
			there := at("ftp", s.User, s.Host, s.Port, s.Home)
			t.Chdir(filepath.Join(base, "private"))
			h.ok("put", ".", there+"/content/", "--tls", "off", "--keep-mode")
			h.ok("put", filepath.Join(base, "private"), there+"/named", "--tls", "off", "--keep-mode")
			h.ok("get", there+"/named", filepath.Join(base, "back"), "--tls", "off", "--keep-mode")
			for _, dir := range []string{filepath.Join(s.Dir, "content"), filepath.Join(s.Dir, "named"), filepath.Join(base, "back")} {
				for name, mode := range want {
					info, err := os.Stat(filepath.Join(dir, name))
					if err != nil {
						t.Fatal(err)
					}
					if info.Mode().Perm() != mode {
						t.Errorf("%s has %o, want %o", filepath.Join(filepath.Base(dir), name), info.Mode().Perm(), mode)
					}
				}
			}
		})
	}
}
