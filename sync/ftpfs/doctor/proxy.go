package doctor

import "wherry/sync/ftpfs/internal/wire"

// proxyOf returns host and port of the proxy in between, "" for none. What
// cannot be read is not shown: it may hold a password.
func proxyOf(conf Config) string {
	address, err := wire.ProxyAddress(conf.Site, conf.Environ)
	if err != nil {
		return "(its address cannot be used)"
	}
	return address
}
