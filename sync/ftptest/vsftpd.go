package ftptest

import (
	"os"
	"strings"
)

// vsftpdFixed is what every test has. The sandbox knows only the system calls
// that vsftpd itself makes, not those of preload.c.
const vsftpdFixed = `background=NO
seccomp_sandbox=NO
session_support=NO
local_enable=YES
guest_enable=YES
virtual_use_local_privs=YES
no_anon_password=YES
write_enable=YES
local_umask=022
delay_failed_login=0
connect_from_port_20=NO
max_clients=0
xferlog_enable=YES
log_ftp_protocol=YES`

// vsftpd knows no accounts of its own: guests come through PAM (see
// preload.c) and act as the account.
func (s *Server) vsftpd() (command, error) {
	path, err := s.install.program("vsftpd")
	if err != nil {
		return command{}, &absentError{err}
	}
	env, err := s.preload()
	if err != nil {
		return command{}, err
	}
	if err := os.Mkdir(s.file("empty"), 0o555); err != nil {
		return command{}, err
	}
	var conf lines
	o := s.Options
	if o.IPv6 {
		conf.add("listen=NO\nlisten_ipv6=YES\nlisten_address6=%s", s.Host)
	} else {
		conf.add("listen=YES\nlisten_address=%s", s.Host)
	}
	conf.add(vsftpdFixed)
	conf.add("listen_port=%d", s.Port)
	conf.add("guest_username=%s\nnopriv_user=%[1]s", s.account.system)
	// Another one: vsftpd refuses anonymous logins to a folder they can write.
	conf.add("ftp_username=%s", s.account.other)
	conf.add("local_root=%s\nanon_root=%[1]s", s.Dir)
	conf.add("anonymous_enable=%s", yes(o.Anonymous))
	conf.add("secure_chroot_dir=%s", s.file("empty"))
	conf.add("pasv_min_port=%d\npasv_max_port=%d", s.PassivePorts[0], s.PassivePorts[1])
	conf.add("pasv_enable=%s\nport_enable=%s", yes(!o.NoPassive), yes(!o.NoActive))
	if o.Netns != "" {
		// Its sessions would go into namespaces of their own.
		conf.add("isolate_network=NO")
	}
	if o.Advertise != "" {
		conf.add("pasv_address=%s", o.Advertise)
	}
	conf.add("max_per_ip=%d", o.perAddress())
	conf.add("vsftpd_log_file=%s", s.file("log"))
	if denied := o.denied(); len(denied) > 0 {
		conf.add("cmds_denied=%s", strings.Join(denied, ","))
	}
	if o.secure() {
		conf.add("ssl_enable=YES\nallow_anon_ssl=YES\nrequire_ssl_reuse=YES\nssl_ciphers=HIGH")
		conf.add("implicit_ssl=%s", yes(o.Implicit))
		conf.add("force_local_logins_ssl=%s\nforce_local_data_ssl=%[1]s", yes(o.RequireTLS))
		conf.add("rsa_cert_file=%s\nrsa_private_key_file=%s", s.CertFile, s.file("key.pem"))
	}
	return command{path: path, args: []string{s.file("conf")}, env: env}, conf.write(s.file("conf"))
}
