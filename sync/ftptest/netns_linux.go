package ftptest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Place is one of a Network's three computers.
type Place string

// The places. A firewall at the router sees what passes through it, one at
// the client or the server what comes in there.
const (
	AtClient Place = "client"
	AtRouter Place = "router"
	AtServer Place = "server"
)

// pickedPorts is what the kernel picks from, below where passive ports begin.
const pickedPorts = "32768 49999"

// Network is three network namespaces in a row: a client, a router, a server.
// The server and the router's outer side have public addresses (of RFC 5737,
// which are given to nobody); the client has a private one behind a
// masquerading router, which drops calls from outside, or a public one behind
// a router that only forwards. No helper of the kernel reads FTP there.
//
// Its fields do not change. They can be told to another process, which may
// change the firewalls as well.
type Network struct {
	Name string // what the namespaces' names begin with
	NAT  bool

	Client, Router, Server    string // IPv4; Router is the outer side
	Client6, Router6, Server6 string // IPv6, never translated
}

// NewNetwork makes a network that is removed when the test ends. Where
// NeedNetworks has passed it does not fail.
func NewNetwork(t testing.TB, nat bool) *Network {
	t.Helper()
	n, err := makeNetwork(nat)
	t.Cleanup(func() {
		if err := n.remove(); err != nil {
			t.Errorf("ftptest: %v", err)
		}
	})
	if err != nil {
		t.Fatalf("ftptest: a network: %v", err)
	}
	return n
}

// NeedNetworks ends the test in the way of Missing where this machine lacks
// what networks are made with. A kernel or container that forbids them even to
// root is no omission of anybody's, and skips the test under REQUIRE_SERVERS
// too, with a line that says so. It also removes what killed tests have left.
// In the process that plays the client it does nothing.
func NeedNetworks(t testing.TB) {
	t.Helper()
	if _, inside := os.LookupEnv(sceneVariable); inside {
		return
	}
	if !isRoot() {
		Missing(t, "root, for network namespaces")
	}
	for _, tool := range []string{"ip", "nft"} {
		if _, err := exec.LookPath(tool); err != nil {
			Missing(t, "%s, for network namespaces (make test installs it)", tool)
		}
	}
	switch err := errors.Join(sweepNetworks(), tryNetwork()); {
	case err == nil:
	case forbidden(err):
		t.Skipf("this system does not let root make network namespaces: %v", err)
	default:
		Missing(t, "network namespaces: %v", err)
	}
}

// forbidden says whether a tool was refused by the system: ip and nft tell it
// by the C library's words for EPERM and EOPNOTSUPP.
func forbidden(err error) bool {
	text := err.Error()
	return strings.Contains(text, "Operation not permitted") || strings.Contains(text, "Operation not supported")
}

// tryNetwork does once what every test will do.
func tryNetwork() error {
	n, err := makeNetwork(true)
	if err == nil {
		err = n.Firewall(AtRouter, "tcp dport 9 reject with tcp reset", "tcp dport 10 drop")
	}
	return errors.Join(err, n.remove())
}

// Space returns the name of a place's namespace, for Options.Netns.
func (n *Network) Space(at Place) string { return n.Name + "-" + string(at) }

func (n *Network) places() []Place { return []Place{AtClient, AtRouter, AtServer} }

// makeNetwork returns a network also where it fails, to be removed.
func makeNetwork(nat bool) (*Network, error) {
	name, err := networkName()
	if err != nil {
		return &Network{}, err
	}
	n := &Network{
		Name: name, NAT: nat,
		Client: "198.51.100.7", Router: "203.0.113.1", Server: "203.0.113.10",
		Client6: "2001:db8:1::7", Router6: "2001:db8:2::1", Server6: "2001:db8:2::10",
	}
	gateway := "198.51.100.1"
	if nat {
		n.Client, gateway = "192.168.1.7", "192.168.1.1"
	}
	for _, at := range n.places() {
		if err := ip("", "netns add "+n.Space(at)); err != nil {
			return n, err
		}
	}
	if err := errors.Join(
		ip("", fmt.Sprintf("link add eth0 netns %s type veth peer name inside netns %s", n.Space(AtClient), n.Space(AtRouter)),
			fmt.Sprintf("link add eth0 netns %s type veth peer name outside netns %s", n.Space(AtServer), n.Space(AtRouter))),
	); err != nil {
		return n, err
	}
	return n, errors.Join(
		ip(n.Space(AtRouter), "link set lo up",
			"addr add "+gateway+"/24 dev inside", "addr add 2001:db8:1::1/64 dev inside nodad", "link set inside up",
			"addr add "+n.Router+"/24 dev outside", "addr add "+n.Router6+"/64 dev outside nodad", "link set outside up"),
		ip(n.Space(AtClient), "link set lo up", "addr add "+n.Client+"/24 dev eth0", "addr add "+n.Client6+"/64 dev eth0 nodad",
			"link set eth0 up", "route add default via "+gateway, "route add default via 2001:db8:1::1"),
		ip(n.Space(AtServer), "link set lo up", "addr add "+n.Server+"/24 dev eth0", "addr add "+n.Server6+"/64 dev eth0 nodad",
			"link set eth0 up", "route add default via "+n.Router, "route add default via "+n.Router6),
		n.ownPorts(AtClient), n.ownPorts(AtServer),
		n.forward(),
	)
}

// ownPorts keeps the ports that the kernel picks apart from the passive ports
// of the servers: a control connection from port 50050, or a server's call
// from it, would be stopped by the firewall that stops passive connections.
func (n *Network) ownPorts(at Place) error {
	return inside(n.Space(at), func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte(pickedPorts), 0)
	})
}

// forward makes the router one. Kernels before 6.0 could have an FTP helper
// assigned to port 21 by themselves.
func (n *Network) forward() error {
	err := inside(n.Space(AtRouter), func() error {
		const helper = "/proc/sys/net/netfilter/nf_conntrack_helper"
		if _, err := os.Stat(helper); err == nil {
			if err := os.WriteFile(helper, []byte("0"), 0); err != nil {
				return err
			}
		}
		return errors.Join(
			os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0),
			os.WriteFile("/proc/sys/net/ipv6/conf/all/forwarding", []byte("1"), 0))
	})
	if err != nil || !n.NAT {
		return err
	}
	return n.nft(AtRouter, `table ip nat {
chain pre {
type nat hook prerouting priority -100
}
chain post {
type nat hook postrouting priority 100
oifname "outside" masquerade
}
chain unasked {
type filter hook forward priority -10
iifname "outside" ct state new ct status & dnat == 0 drop
}
}
`)
}

// remove deletes the namespaces and with them all that is in them.
func (n *Network) remove() error {
	var faults []error
	for _, at := range n.places() {
		faults = append(faults, deleteSpace(n.Space(at)))
	}
	return errors.Join(faults...)
}
