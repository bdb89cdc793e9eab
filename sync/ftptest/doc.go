// Package ftptest gives tests an FTP server: a real one of four kinds, or one
// that misbehaves on purpose. Only tests import it.
//
// It exists because FTP is what its servers do, not what the RFCs say. Start
// runs vsftpd, ProFTPD, Pure-FTPd or pyftpdlib on loopback with a folder, an
// account and a certificate of its own, and stops it when the test ends;
// .ci/servers.sh fetches the programs without installing them. Script runs a
// small correct server in this process whose answers a test replaces one by
// one, for what no real server does on demand.
//
// Nothing here depends on the machine: ports are free ones, folders are
// temporary, and the programs are looked for in the cache folder and on the
// PATH. As root the servers run the login as an unprivileged account, so that
// "permission denied" can be tested; otherwise as the person who runs the
// tests.
package ftptest
