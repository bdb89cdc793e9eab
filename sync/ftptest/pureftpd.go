package ftptest

import (
	"fmt"
	"os"
	"os/exec"
)

// pureftpd takes everything from its arguments, and the account from a
// database of its own.
func (s *Server) pureftpd() (command, error) {
	path, err := s.install.program("pure-ftpd")
	if err != nil {
		return command{}, &absentError{err}
	}
	pw, err := s.install.program("pure-pw")
	if err != nil {
		return command{}, &absentError{err}
	}
	env, err := s.preload()
	if err != nil {
		return command{}, err
	}
	o, a := s.Options, s.account
	entry := fmt.Sprintf("%s:%s:%d:%d::%s::::::::::::\n", a.user, a.crypt(), a.uid, a.gid, s.Dir)
	if err := os.WriteFile(s.file("passwd"), []byte(entry), 0o600); err != nil {
		return command{}, err
	}
	mkdb := exec.Command(pw, "mkdb", s.file("users.pdb"), "-f", s.file("passwd"))
	mkdb.Env = s.install.environment()
	if out, err := mkdb.CombinedOutput(); err != nil {
		return command{}, fmt.Errorf("pure-pw: %w: %s", err, out)
	}
	level := "0"
	switch {
	case o.RequireTLS:
		level = "3"
	case o.secure():
		level = "1"
	}
	args := []string{
		"-S", fmt.Sprintf("%s,%d", s.Host, s.Port), "-p", fmt.Sprintf("%d:%d", s.PassivePorts[0], s.PassivePorts[1]),
		"-l", "puredb:" + s.file("users.pdb"), "-E", "-H", "-u", "1", "-U", "133:022",
		"-c", "300", "-C", fmt.Sprint(o.perAddress()), "-g", s.file("pid"), "-O", "w3c:" + s.file("log"),
		"-Y", level, "-2", s.CertFile + "," + s.file("key.pem"),
	}
	if o.Advertise != "" {
		args = append(args, "-P", o.Advertise)
	}
	return command{path: path, args: args, env: env}, nil
}
