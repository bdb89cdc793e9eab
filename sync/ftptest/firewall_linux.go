package ftptest

import (
	"fmt"
	"strings"
)

// Firewall replaces the place's rules; without any it is open again. Rules
// are nft's, and run in the order given until one decides. The router's also
// hold for what is sent to itself.
func (n *Network) Firewall(at Place, rules ...string) error {
	hooks := []string{"input"}
	if at == AtRouter {
		hooks = append(hooks, "forward")
	}
	script := "table inet firewall\ndelete table inet firewall\ntable inet firewall {\n"
	for _, hook := range hooks {
		script += "chain " + hook + "s {\ntype filter hook " + hook + " priority 0\n" + strings.Join(rules, "\n") + "\n}\n"
	}
	return n.nft(at, script+"}\n")
}

// Forgetful makes the router a firewall that lets through the connections it
// has seen begin; verdict is what becomes of the others: "drop", or "reject
// with tcp reset".
func (n *Network) Forgetful(verdict string) error {
	return n.nft(AtRouter, `table inet firewall
delete table inet firewall
table inet firewall {
set seen {
type ipv4_addr . inet_service . ipv4_addr . inet_service
flags dynamic
size 4096
}
chain guard {
type filter hook forward priority 0
tcp flags & (syn|ack) == syn add @seen { ip saddr . tcp sport . ip daddr . tcp dport } accept
ip saddr . tcp sport . ip daddr . tcp dport @seen accept
ip daddr . tcp dport . ip saddr . tcp sport @seen accept
meta l4proto tcp `+verdict+`
}
}
`)
}

// Forget makes a Forgetful router forget all connections there are, as such
// firewalls do with those that idle.
func (n *Network) Forget() error { return n.nft(AtRouter, "flush set inet firewall seen\n") }

func (n *Network) nft(at Place, script string) error {
	return inside(n.Space(at), func() error { return feed(script, "nft", "-f", "-") })
}

// ForwardPorts makes a translating router hand calls at these of its ports to
// the client.
func (n *Network) ForwardPorts(low, high int) error {
	return n.nft(AtRouter, fmt.Sprintf("add rule ip nat pre iifname \"outside\" tcp dport %d-%d dnat to %s\n", low, high, n.Client))
}
