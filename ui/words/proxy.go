package words

import (
	"wherry/sync/ftpfs/doctor"
	"wherry/sync/vfs"
)

// throughProxy tells a failure that is the proxy's and not the server's.
func throughProxy(e *vfs.Error, p *doctor.ProxyError, face Face) Words {
	proxy, there := "The proxy "+Safe(p.Address), name(e.Path)
	if e.Path == p.Address {
		there = "the server"
	}
	switch {
	case e.Kind == vfs.KindProxyLogin:
		return Words{
			Title:  sentence(proxy+" did not accept the user name and password", Safe(p.Reply)),
			Remedy: byFace(face, "Check the user in --proxy. "+proxyPassword(face), "Check the proxy's user and password in the site's settings."),
		}
	case e.Kind == vfs.KindProtocol:
		return Words{
			Title:  sentence("What answers at "+Safe(p.Address)+" is not a proxy of the kind that was named", Safe(p.Reply)),
			Remedy: "Check the proxy's port and kind: socks5:// or http://.",
		}
	case p.Reply != "":
		return Words{
			Title: sentence(proxy+" did not connect to "+there, Safe(p.Reply)),
			Remedy: "Many proxies let through to few ports only: ask whoever runs it, or connect without it" +
				byFace(face, " (--proxy none).", "."),
		}
	}
	return Words{
		Title:  proxy + " could not be reached.",
		Remedy: "Check its host and port, and your network, or connect without it" + byFace(face, " (--proxy none).", "."),
	}
}
