package doctor

import (
	"cmp"
	"net"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"wherry/sync/site"
)

// proxyOf returns host and port of the proxy in between, "" for none: the
// site's, or the environment's where the site says nothing. Its rules are
// those of package wire.
func proxyOf(conf Config) string {
	raw := conf.Site.Proxy
	switch raw {
	case site.ProxyNone:
		return ""
	case "":
		if raw = environProxy(conf); raw == "" {
			return ""
		}
	}
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return "(its address cannot be read)" // and may hold a password
	}
	port := "3128"
	if u.Scheme != "http" {
		port = "1080"
	}
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
}

func environProxy(conf Config) string {
	getenv := conf.Environ
	if getenv == nil {
		getenv = os.Getenv
	}
	raw := cmp.Or(getenv("all_proxy"), getenv("ALL_PROXY"))
	rules := httpproxy.Config{HTTPProxy: "http://proxy", NoProxy: cmp.Or(getenv("no_proxy"), getenv("NO_PROXY"))}
	used, err := rules.ProxyFunc()(&url.URL{Scheme: "http", Host: conf.Site.Address()})
	if raw == "" || err == nil && used == nil {
		return ""
	}
	return raw
}
