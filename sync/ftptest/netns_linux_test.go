package ftptest_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// TestPlayedBehindARouter also proves that nobody on the way reads FTP: the
// server is told the private address, unchanged.
func TestPlayedBehindARouter(t *testing.T) {
	ftptest.NeedNetworks(t)
	for _, kind := range ftptest.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			stage := ftptest.Stage{NAT: true, Kind: kind, Options: ftptest.Options{TLS: true}}
			stage.Play(t, func(t *testing.T, scene *ftptest.Scene) {
				s, n := scene.Server, scene.Net
				if s.Host != n.Server || s.Port != 21 {
					t.Errorf("the server is at %s:%d", s.Host, s.Port)
				}
				plain := connect(t, s.Host, s.Port, nil)
				greeted(t, plain)
				if from := plain.raw.LocalAddr().String(); !strings.HasPrefix(from, n.Client+":") {
					t.Errorf("we call from %s, want %s", from, n.Client)
				}
				plain.login(s.User, s.Password)
				plain.transfer(false, []byte("tide"), "STOR in-clear")
				got := plain.cmd("PORT %s,200,1", strings.ReplaceAll(n.Client, ".", ","))
				if strings.HasPrefix(got, "200") {
					got = plain.cmd("LIST") // ProFTPD looks at the address first here
				}
				if !strings.HasPrefix(got, "4") && !strings.HasPrefix(got, "5") {
					t.Errorf("the server can reach a private address: %q", got)
				}
				secured := open(t, s)
				secured.transfer(false, []byte("tide"), "STOR encrypted")
				for _, name := range []string{"in-clear", "encrypted"} {
					if text, err := os.ReadFile(filepath.Join(s.Dir, name)); string(text) != "tide" {
						t.Errorf("%s on the server: %q, %v", name, text, err)
					}
				}
			})
		})
	}
}

// TestPickedPortsAreNotPassivePorts: a firewall against passive connections
// must not hit another connection by chance.
func TestPickedPortsAreNotPassivePorts(t *testing.T) {
	ftptest.NeedNetworks(t)
	stage := ftptest.Stage{Kind: ftptest.VSFTPD}
	stage.Play(t, func(t *testing.T, scene *ftptest.Scene) {
		for range 300 {
			// A TCP listener would be given the lower half first.
			l, err := net.ListenPacket("udp", ":0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			if port := l.LocalAddr().(*net.UDPAddr).Port; port >= scene.Server.PassivePorts[0] {
				t.Fatalf("the system picked port %d; passive ports begin at %d", port, scene.Server.PassivePorts[0])
			}
		}
	})
}

// TestNetworksOfTheDeadAreRemoved must leave alone what runs, and what others
// have made.
func TestNetworksOfTheDeadAreRemoved(t *testing.T) {
	ftptest.NeedNetworks(t)
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	living := ftptest.NewNetwork(t, false)
	spaces := map[string]bool{
		fmt.Sprintf("wherry-%d-1-abcd-client", dead.Process.Pid): false,
		fmt.Sprintf("wherry-%d-1-abcd-client", os.Getpid()):      false, // who had our number before
		fmt.Sprintf("wherry-test-of-others-%d", os.Getpid()):     true,
	}
	for name := range spaces {
		if out, err := exec.Command("ip", "netns", "add", name).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
	}
	spaces[living.Space(ftptest.AtServer)] = true
	ftptest.NeedNetworks(t)
	for name, stays := range spaces {
		if _, err := os.Stat(filepath.Join("/run/netns", name)); (err == nil) != stays {
			t.Errorf("%s: there %v, want %v", name, err == nil, stays)
		}
	}
}

// TestANetworkGoesWithItsTest also holds where the test fails: cleanups run.
func TestANetworkGoesWithItsTest(t *testing.T) {
	ftptest.NeedNetworks(t)
	var name string
	t.Run("a test", func(t *testing.T) { name = ftptest.NewNetwork(t, true).Name })
	if left, err := filepath.Glob("/run/netns/" + name + "*"); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}
