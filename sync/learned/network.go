package learned

import (
	"net"
	"net/netip"
)

// Network names the network that a connection with this local end runs over, so
// that what worked at home is not tried first in a hotel. It is the default
// gateway's address where the system tells it for the interface that has the
// address; else the network of the address: its /24, or its /64. Link-local
// gateways are the same in half of all homes (fe80::1) and name nothing. "" for
// no address. It makes no request, and takes a few system calls.
func Network(local netip.Addr) string {
	if !local.IsValid() {
		return ""
	}
	local = local.Unmap()
	if iface := interfaceOf(local); iface != "" && !local.IsLoopback() {
		if gateway, ok := gateway(iface, local.Is4()); ok && !gateway.IsLinkLocalUnicast() {
			return gateway.String()
		}
	}
	bits := 64
	if local.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(local.WithZone(""), bits).Masked().String()
}

// interfaceOf returns the name of the interface that has the address, "" where
// none does or the system does not say.
func interfaceOf(local netip.Addr) string {
	if zone := local.Zone(); zone != "" {
		return zone
	}
	all, err := net.Interfaces()
	if err != nil {
		return ""
	}
	for _, one := range all {
		addrs, err := one.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Unmap() == local {
				return one.Name
			}
		}
	}
	return ""
}
