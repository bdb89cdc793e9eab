package learned

import (
	"net/netip"
	"testing"
)

const head4 = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

// rows4 are of a machine with a cable and a radio, both at the same home.
const rows4 = "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n" +
	"eth0\t00000000\tFE01A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n" +
	"eth0\t00000000\t0101A8C0\t0003\t0\t0\t20\t00000000\t0\t0\t0\n" +
	"eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n" +
	"tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n"

const rows6 = "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n" +
	"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000009 00000800 00000002 00000000 00000003     eth0\n" +
	"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n" +
	"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000002 00000000 00450003    wlan0\n" +
	"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd00000000000000000000000000000f 00000100 00000001 00000000 00000203     ref0\n" +
	"00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"

func TestGatewayInARoutingTable(t *testing.T) {
	for outcome, tc := range map[string]struct {
		parse        func(table, iface string) (netip.Addr, bool)
		table, iface string
		want         string // "" for none
	}{
		"the lowest metric counts":                {gateway4, head4 + rows4, "eth0", "192.168.1.1"},
		"another interface has its own":           {gateway4, head4 + rows4, "wlan0", "192.168.1.1"},
		"a tunnel has no gateway":                 {gateway4, head4 + rows4, "tun0", ""},
		"an interface without a default route":    {gateway4, head4 + rows4, "eth1", ""},
		"nothing but the heading":                 {gateway4, head4, "eth0", ""},
		"no table at all":                         {gateway4, "", "eth0", ""},
		"a route that is down":                    {gateway4, "eth0 00000000 0101A8C0 0002 0 0 0 00000000\n", "eth0", ""},
		"a route that refuses":                    {gateway4, "eth0 00000000 0101A8C0 0203 0 0 0 00000000\n", "eth0", ""},
		"half of all addresses is no default":     {gateway4, "eth0 00000000 0101A8C0 0003 0 0 0 00000080\n", "eth0", ""},
		"a line that was cut":                     {gateway4, "eth0 00000000 0101A8C0 0003 0 0", "eth0", ""},
		"a number that is none":                   {gateway4, "eth0 00000000 0101G8C0 0003 0 0 0 00000000\n", "eth0", ""},
		"IPv6: the lowest metric counts":          {gateway6, rows6, "eth0", "fd00::1"},
		"IPv6: a link-local one is told as it is": {gateway6, rows6, "wlan0", "fe80::1"},
		"IPv6: a route that refuses":              {gateway6, rows6, "ref0", ""},
		"IPv6: loopback":                          {gateway6, rows6, "lo", ""},
		"IPv6: an address too short":              {gateway6, "00000000000000000000000000000000 00 00 00 fd00 00000400 00000002 00000000 00000003 eth0\n", "eth0", ""},
		"IPv6: a line that was cut":               {gateway6, "00000000000000000000000000000000 00 00 00 fd000000000000000000000000000001 00000400", "eth0", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			got, ok := tc.parse(tc.table, tc.iface)
			want, _ := netip.ParseAddr(tc.want)
			if got != want || ok != (tc.want != "") {
				t.Errorf("got %v, %v", got, ok)
			}
		})
	}
}

// FuzzRoutes: whatever the system says, an answer is an address of the right
// family that could be a gateway.
func FuzzRoutes(f *testing.F) {
	f.Add(head4+rows4, "eth0")
	f.Add(rows6, "eth0")
	f.Add(rows6, "wlan0")
	f.Add("eth0 00000000 FFFFFFFF ffff 0 0 4294967295 00000000", "eth0")
	f.Fuzz(func(t *testing.T, table, iface string) {
		if a, ok := gateway4(table, iface); ok != a.Is4() || ok && a.IsUnspecified() {
			t.Errorf("%v, %v", a, ok)
		}
		if a, ok := gateway6(table, iface); ok != a.IsValid() || a.Is4() || ok && a.IsUnspecified() {
			t.Errorf("%v, %v", a, ok)
		}
	})
}

func TestNetworkOfAnAddress(t *testing.T) {
	for outcome, tc := range map[string]struct{ local, want string }{
		"nobody's address: its /24":  {"203.0.113.77", "203.0.113.0/24"},
		"nobody's address: its /64":  {"2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		"IPv4 within IPv6":           {"::ffff:203.0.113.77", "203.0.113.0/24"},
		"loopback has no gateway":    {"127.0.0.1", "127.0.0.0/24"},
		"IPv6 loopback has none too": {"::1", "::/64"},
		"a link-local one":           {"fe80::1:2%none", "fe80::/64"},
		"no address":                 {"", ""},
	} {
		t.Run(outcome, func(t *testing.T) {
			local, _ := netip.ParseAddr(tc.local)
			if got := Network(local); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestInterfaceIsFoundByItsAddress(t *testing.T) {
	if got := interfaceOf(netip.MustParseAddr("127.0.0.1")); got == "" {
		t.Error("loopback was not found")
	}
	if got := interfaceOf(netip.MustParseAddr("203.0.113.77")); got != "" {
		t.Errorf("an address for documentation is on %s", got)
	}
}
