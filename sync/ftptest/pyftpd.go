package ftptest

import (
	_ "embed"
	"encoding/json"
	"os"
)

//go:embed helpers/pyftpd.py
var pyftpdSource []byte

// pyftpd is a library; the program is helpers/pyftpd.py.
func (s *Server) pyftpd() (command, error) {
	python, modules, err := s.install.python()
	if err != nil {
		return command{}, &absentError{err}
	}
	o := s.Options
	conf, err := json.Marshal(map[string]any{
		"Host": s.Host, "Port": s.Port, "Low": s.PassivePorts[0], "High": s.PassivePorts[1],
		"User": s.User, "Password": s.Password, "Dir": s.Dir, "UID": s.UID, "GID": s.GID,
		"TLS": o.secure(), "Implicit": o.Implicit, "RequireTLS": o.RequireTLS, "Cert": s.file("both.pem"),
		"Deny": append([]string{}, o.denied()...), "Anonymous": o.Anonymous, "PerAddress": o.perAddress(),
		"Advertise": o.Advertise,
	})
	if err != nil {
		return command{}, err
	}
	if err := os.WriteFile(s.file("conf"), conf, 0o600); err != nil {
		return command{}, err
	}
	if err := os.WriteFile(s.file("pyftpd.py"), pyftpdSource, 0o600); err != nil {
		return command{}, err
	}
	return command{
		path: python, args: []string{s.file("pyftpd.py"), s.file("conf")},
		env: []string{"PYTHONPATH=" + modules, "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"},
	}, nil
}
