package learned

import (
	"io"
	"net/netip"
	"os"
)

// maxTable bounds what is read of a routing table. Default routes may stand
// anywhere in it; a router with a full table is not where Wherry runs.
const maxTable = 4 << 20

// gateway returns the default gateway of an interface.
func gateway(iface string, v4 bool) (netip.Addr, bool) {
	name, parse := "/proc/net/ipv6_route", gateway6
	if v4 {
		name, parse = "/proc/net/route", gateway4
	}
	f, err := os.Open(name)
	if err != nil {
		return netip.Addr{}, false
	}
	defer f.Close()
	table, err := io.ReadAll(io.LimitReader(f, maxTable))
	if err != nil {
		return netip.Addr{}, false
	}
	return parse(string(table), iface)
}
