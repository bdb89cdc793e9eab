// Package demo is the FTP server inside Wherry: `wherry demo` starts it with
// sample files, so that a person can try everything without having a server,
// and without anything leaving the computer.
//
// goftp.io/server does the login and the commands around it. What concerns
// data connections and files is done here, as the library's own way does not
// suit a program on a person's desk (v2.0.3, measured): its passive ports
// listen on all interfaces and take whoever comes, its active mode connects to
// any address it is told (RFC 2577, 3), RMD deletes a folder with all that is
// in it and moves the working folder, a file called "-a" is the folder above it
// to every command, times in MLSD and MDTM are local where RFC 3659 wants UTC,
// and MLSD ends its lines with a bare line feed. MFMT and SITE CHMOD are added.
//
// There is no TLS: the library takes a configuration for AUTH TLS only when it
// opens the port itself, and then the port cannot be the system's choice. All
// connections stay within the computer, so Site says TLSOff.
package demo
