package ftptest

import (
	"errors"
	"fmt"
	"os"
)

// proftpdFixed is what every test has. The delays against password guessing
// are off; ControlsEngine would open a socket that two servers share.
const proftpdFixed = `ServerName "Wherry test"
ServerType standalone
SocketBindTight on
AuthPAM off
AuthOrder mod_auth_file.c
RequireValidShell off
ControlsEngine off
WtmpLog off
DelayTable none
UseReverseDNS off
TransferLog none
MaxInstances 300
AllowStoreRestart on
Umask 022
<Limit ALL SITE_CHMOD>
AllowAll
</Limit>`

func (s *Server) proftpd() (command, error) {
	path, err := s.install.program("proftpd")
	if err != nil {
		return command{}, &absentError{err}
	}
	var conf lines
	o, a := s.Options, s.account
	conf.add(proftpdFixed)
	conf.add("DefaultAddress %s\nPort %d\nUseIPv6 %s", s.Host, s.Port, onOff(o.IPv6))
	conf.add("User %s\nGroup %s", a.system, a.group)
	conf.add("AuthUserFile %s", s.file("passwd"))
	conf.add("PidFile %s\nScoreboardFile %s\nSystemLog %s", s.file("pid"), s.file("score"), s.file("log"))
	conf.add("PassivePorts %d %d", s.PassivePorts[0], s.PassivePorts[1])
	conf.add("AllowOverwrite %s", onOff(!o.Keeps))
	conf.add("MaxClientsPerHost %d", o.perAddress())
	if o.Advertise != "" {
		conf.add("MasqueradeAddress %s", o.Advertise)
	}
	for _, denied := range o.denied() {
		conf.add("<Limit %s>\nDenyAll\n</Limit>", denied)
	}
	if o.Anonymous {
		conf.add("<Anonymous %s>\nUser ftp\nGroup %s\nUserAlias anonymous ftp", s.Dir, a.group)
		conf.add("<Limit WRITE>\nDenyAll\n</Limit>\n</Anonymous>")
	}
	if err := s.proftpdModules(&conf); err != nil {
		return command{}, err
	}
	passwd := fmt.Sprintf("%s:%s:%d:%d::%s:/bin/sh\nftp:*:%[3]d:%[4]d::%[5]s:/bin/sh\n",
		a.user, a.crypt(), a.uid, a.gid, s.Dir)
	return command{path: path, args: []string{"-n", "-c", s.file("conf")}},
		errors.Join(conf.write(s.file("conf")), os.WriteFile(s.file("passwd"), []byte(passwd), 0o600))
}

// proftpdModules loads what Debian keeps apart from the program.
func (s *Server) proftpdModules(conf *lines) error {
	o := s.Options
	if !o.secure() && !o.Digest {
		return nil
	}
	modules, ok := s.install.dir("usr/lib*/proftpd")
	if !ok {
		return &absentError{errors.New("proftpd's modules are not installed; run make servers")}
	}
	conf.add("ModulePath %s", modules)
	if o.Digest {
		conf.add("LoadModule mod_digest.c\nDigestEngine on\nDigestAlgorithms crc32 md5 sha1 sha256 sha512")
	}
	if o.secure() {
		s.proftpdTLS(conf)
	}
	return nil
}

func (s *Server) proftpdTLS(conf *lines) {
	o := s.Options
	conf.add("LoadModule mod_tls.c\nTLSEngine on\nTLSLog %s", s.file("tls.log"))
	// Never TLSv1.2 alone: without 1.3 ProFTPD gives out no session tickets
	// (TLSSessionTickets is off by default), Go knows no other way to resume
	// in 1.2, and every data connection is refused. opensslConf bounds it.
	conf.add("TLSRequired %s\nTLSProtocol TLSv1.2 TLSv1.3", onOff(o.RequireTLS))
	conf.add("TLSECCertificateFile %s\nTLSECCertificateKeyFile %s", s.CertFile, s.file("key.pem"))
	if o.Implicit {
		conf.add("TLSOptions UseImplicitSSL")
	}
}
