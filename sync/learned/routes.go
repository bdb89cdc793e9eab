package learned

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// The flags of a route (linux/route.h): it is up, goes by a gateway, and
// refuses.
const (
	routeUp      = 0x1
	routeGateway = 0x2
	routeReject  = 0x200
)

// defaultRoute says whether flags are those of a route by a gateway.
func defaultRoute(flags uint64) bool {
	return flags&(routeUp|routeGateway|routeReject) == routeUp|routeGateway
}

// gateway4 finds the default gateway of iface in the text of /proc/net/route:
//
//	Iface Destination Gateway Flags RefCnt Use Metric Mask ...
//
// Addresses are in hex, in the byte order of the machine. Of several the one
// with the lowest metric counts, as it does for packets.
func gateway4(table, iface string) (found netip.Addr, ok bool) {
	best := uint64(0)
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 8 || f[0] != iface || f[1] != "00000000" || f[7] != "00000000" {
			continue
		}
		addr, err := strconv.ParseUint(f[2], 16, 32)
		flags, err2 := strconv.ParseUint(f[3], 16, 32)
		metric, err3 := strconv.ParseUint(f[6], 10, 32)
		if err != nil || err2 != nil || err3 != nil || addr == 0 || !defaultRoute(flags) || ok && metric >= best {
			continue
		}
		var b [4]byte
		binary.NativeEndian.PutUint32(b[:], uint32(addr))
		found, best, ok = netip.AddrFrom4(b), metric, true
	}
	return found, ok
}

// gateway6 is gateway4 for /proc/net/ipv6_route:
//
//	destination bits source bits next-hop metric refs use flags iface
//
// with addresses as 32 hex digits in network order.
func gateway6(table, iface string) (found netip.Addr, ok bool) {
	best := uint64(0)
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 || f[9] != iface || strings.Trim(f[0], "0") != "" || f[1] != "00" {
			continue
		}
		b, err := hex.DecodeString(f[4])
		metric, err2 := strconv.ParseUint(f[5], 16, 32)
		flags, err3 := strconv.ParseUint(f[8], 16, 32)
		if err != nil || err2 != nil || err3 != nil || len(b) != 16 || !defaultRoute(flags) || ok && metric >= best {
			continue
		}
		if a := netip.AddrFrom16([16]byte(b)); !a.IsUnspecified() {
			found, best, ok = a, metric, true
		}
	}
	return found, ok
}
