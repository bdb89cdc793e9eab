package words

import "wherry/sync/vfs"

// row holds the sentences of one Kind. host is used where the error is about
// a host, file where it is about a path; both have one %s for it. line and
// window are the remedies; an empty window means that both faces say the same.
type row struct{ host, file, line, window string }

// table has a row for every Kind; a test holds it to that. KindCert is not
// told from here: see certificate.
var table = map[vfs.Kind]row{
	vfs.KindOther: {
		host: "%s: something went wrong", file: "%s: something went wrong",
		line:   "Run the same command with --log FILE and look at the last lines of that file.",
		window: "The log tab shows what was said before it.",
	},
	vfs.KindNotFound: {
		host: "%s does not exist", file: "%s does not exist",
		line:   "Check the spelling, upper and lower case included; `wherry ls` on the folder above shows what is there.",
		window: "Refresh the folder to see what is there now.",
	},
	vfs.KindExists: {
		host: "%s already exists", file: "%s already exists",
		line:   "Use another name, or remove it first; for transfers --exists says what to do.",
		window: "Use another name, or delete it first.",
	},
	vfs.KindPermission: {
		host: "%s does not allow that", file: "%s: permission denied",
		line:   "Log in as a user who may do that, or ask its owner to change the permissions.",
		window: "Log in as a user who may do that, or change the permissions of the file or of the folder it is in.",
	},
	vfs.KindNotEmpty: {
		host: "%s is not empty", file: "The folder %s is not empty",
		line:   "Use `wherry rm -r` to remove it with all that is in it.",
		window: "Refresh it: something in it may be hidden, or has just arrived.",
	},
	vfs.KindNotDir: {
		host: "%s is not a folder", file: "%s is a file, where a folder is needed",
		line:   "Name a folder, or remove the file that stands in its place.",
		window: "Choose a folder, or remove the file that stands in its place.",
	},
	vfs.KindIsDir: {
		host: "%s is a folder", file: "%s is a folder, where a file is needed",
		line:   "Name a file; to remove a folder with all that is in it use `wherry rm -r`.",
		window: "Choose a file, or use another name.",
	},
	vfs.KindNoSpace: {
		host: "%s has no space left", file: "There is no space left for %s",
		line: "Make room, or ask the provider for more, and start it again.",
	},
	vfs.KindUnsupported: {
		host: "%s cannot do that", file: "That cannot be done with %s here",
		line: "The server does not offer it; ask the provider, or do without.",
	},
	vfs.KindBadName: {
		host: "%s cannot be used", file: "The name %s cannot be used",
		line:   "Use another name. An address looks like ftp://user@host/folder, a saved site like NAME:/folder.",
		window: "Use another name. An address looks like ftp://user@host/folder.",
	},
	vfs.KindChanged: {
		host: "%s has changed meanwhile", file: "%s has changed while it was being copied",
		line:   "Run the command again when nobody writes to it any more.",
		window: "Retry when nobody writes to it any more.",
	},
	vfs.KindSize: {
		host: "Not every byte arrived at %s", file: "%s did not arrive with the size that was announced",
		line:   "The copy was not given its name. Run the command again.",
		window: "The copy was not given its name. Retry it.",
	},
	vfs.KindHash: {
		host: "Other bytes arrived at %s", file: "%s arrived with other bytes than were sent",
		line:   "The copy was not given its name. Run the command again; if it happens twice, suspect memory, disk or network, or a server that counts wrong (--verify off).",
		window: "The copy was not given its name. Retry it; if it happens twice, suspect memory, disk or network, or a server that counts wrong (Settings: compare contents).",
	},
	vfs.KindCancelled: {host: "%s: cancelled", file: "%s: cancelled"},
	vfs.KindTimeout: {
		host: "%s did not answer in time", file: "Nothing moved for too long with %s",
		line:   "Check the host name, the port and your network; a slow server may need a longer --timeout.",
		window: "Check the host name, the port and your network, then retry; a slow server may need a longer time limit.",
	},
	vfs.KindLost: {
		host: "The connection to %s broke", file: "The connection broke while working on %s",
		line:   "Check your network and run the command again.",
		window: "Check your network and retry; transfers go on where they stopped.",
	},
	vfs.KindHost: {
		host: "There is no host with the name %s", file: "The host of %s has no address",
		line: "Check the spelling of the host name, and that this computer is online.",
	},
	vfs.KindRefused: {
		host: "%s does not accept connections", file: "The host of %s does not accept connections",
		line: "Check host and port (21 is usual, 990 for implicit TLS), and that the server is running and no firewall is in between.",
	},
	vfs.KindNotFTP: {
		host: "What answers at %s is not an FTP server", file: "What answers for %s is not an FTP server",
		line:   "Check the port: 21 is usual, 990 for implicit TLS (ftps://). Port 22 is SFTP and 80 or 443 the web; Wherry speaks FTP only.",
		window: "Check the port: 21 is usual, 990 for implicit TLS. Port 22 is SFTP and 80 or 443 the web; Wherry speaks FTP only.",
	},
	vfs.KindLogin: {
		host: "%s did not accept the user name and password", file: "The login for %s was refused",
		line:   "Check both; give the password by the prompt, --password-stdin or WHERRY_PASSWORD, or renew the kept one with `wherry sites password SITE`.",
		window: "Check both and connect again; a password kept in the keychain can be replaced in the site's settings.",
	},
	vfs.KindProxyLogin: {
		host: "The proxy %s did not accept the user name and password", file: "The proxy on the way to %s did not accept the user name and password",
		line:   "Check the user in --proxy. " + proxyPassword(CommandLine),
		window: "Check the proxy's user and password in the site's settings.",
	},
	vfs.KindTLS: {
		host: "No encrypted connection could be made with %s", file: "No encrypted connection could be made for %s",
		line:   "Ask the provider to enable FTPS (FTP over TLS). If the password may travel readable for everyone on the way, add --tls off.",
		window: "Ask the provider to enable FTPS (FTP over TLS). If the password may travel readable for everyone on the way, choose \"Connect in Clear\", or no encryption in the site's settings.",
	},
	vfs.KindNoData: {
		host: "%s is connected, but no data connection could be made", file: "%s: connected, but no data connection could be made",
		line:   "A firewall is in the way. Try the other way with --mode passive or --mode active; --mode auto tries both.",
		window: "A firewall is in the way. Choose the other transfer mode in the Site menu, or auto, which tries both.",
	},
	vfs.KindBusy: {
		host: "%s is busy or allows no more connections", file: "The server is busy or allows no more connections for %s",
		line:   "Wait a little and run the command again, with fewer connections: --connections 1.",
		window: "Wait a little and retry; lower the number of connections of this site.",
	},
	vfs.KindProtocol: {
		host: "%s answered in a way that makes no sense", file: "The server's answer about %s makes no sense",
		line:   "Run the command again; if it stays, --log FILE shows the server's answers for its provider to look at.",
		window: "Retry; if it stays, the log tab shows the server's answers for its provider to look at.",
	},
	vfs.KindUnreadable: {
		host: "The listing from %s came cut or cannot be read", file: "The listing of %s came cut or cannot be read",
		line:   "Run the command again; names in another encoding may need --encoding NAME. Nothing was done on the strength of it.",
		window: "Refresh the folder; names in another encoding may need the site's encoding set. Nothing was done on the strength of it.",
	},
	vfs.KindNoSite: {
		host: "%s was removed", file: "The site of %s was removed",
		line:   "Take the row out with `wherry queue remove`, and add it again with a site that is saved.",
		window: "Remove the row, and drag the file again from a site that is saved.",
	},
	vfs.KindOutside: {
		host: "%s lies outside of the folder that was chosen", file: "%s lies outside of the folder that was chosen",
		line:   "A link on the way leads elsewhere. Name the folder that the link leads to, if that is what you want.",
		window: "A link on the way leads elsewhere. Open the folder that the link leads to, if that is what you want.",
	},
}
