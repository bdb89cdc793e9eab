package ftptest

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// sceneVariable tells the process that plays the client what there is.
const sceneVariable = "WHERRY_TEST_SCENE"

// clientLimit ends a client that hangs; it says where itself a little before.
const clientLimit = 8 * time.Minute

// Stage is a server behind firewalls, for a client that shall not know.
type Stage struct {
	NAT     bool // the client has a private address behind a router
	Kind    Kind
	Options Options // Netns and Host are set here
	// Before makes the firewalls; the server runs already.
	Before func(*Network) error
}

// Scene is what the client finds. Of the server its process knows the
// exported fields, the files and the log.
type Scene struct {
	Net    *Network
	Server *Server
}

// Play runs client in a process of its own that is in the client's namespace
// with all its threads, as a real one is: the test's program is started once
// more for the calling test alone, and comes here again. It must therefore
// come here in the same way, and the test must not depend on others. Returns
// what the client's process printed, with "client: " before each line, and ""
// inside it. The test has failed where the client has.
func (st Stage) Play(t *testing.T, client func(*testing.T, *Scene)) string {
	t.Helper()
	if told, inside := os.LookupEnv(sceneVariable); inside {
		scene, err := readScene(told)
		if err != nil {
			t.Fatalf("ftptest: %v", err)
		}
		client(t, scene)
		return ""
	}
	net := NewNetwork(t, st.NAT)
	opt := st.Options
	opt.Netns, opt.Host = net.Space(AtServer), net.Server
	if opt.IPv6 {
		opt.Host = net.Server6
	}
	server := Start(t, st.Kind, opt)
	if st.Before != nil {
		if err := st.Before(net); err != nil {
			t.Fatalf("ftptest: %v", err)
		}
	}
	told, err := json.Marshal(told{Net: net, Server: server.told()})
	if err != nil {
		t.Fatal(err)
	}
	text, ok, err := playClient(t, net.Space(AtClient), server.file("client"), string(told))
	if err != nil {
		t.Fatalf("ftptest: the client: %v", err)
	}
	if !ok {
		t.Errorf("the client failed:\n%s", text)
	}
	return text
}

// playClient starts the test's program anew for one test and waits for it.
func playClient(t *testing.T, space, output, told string) (text string, ok bool, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", false, err
	}
	var only []string
	for name := range strings.SplitSeq(t.Name(), "/") {
		only = append(only, "^"+regexp.QuoteMeta(name)+"$")
	}
	p, err := run(command{
		path: program, env: append(os.Environ(), sceneVariable+"="+told),
		args: []string{"-test.run=" + strings.Join(only, "/"), "-test.v=true", "-test.count=1", "-test.timeout=" + (clientLimit - 10*time.Second).String()}, netns: space,
	}, output)
	if err != nil {
		return "", false, err
	}
	var late error
	select {
	case <-p.ended:
	case <-time.After(clientLimit):
		late = fmt.Errorf("does not end within %v", clientLimit)
	}
	p.stop()
	printed, err := os.ReadFile(output)
	text = "client: " + strings.ReplaceAll(strings.TrimSpace(string(printed)), "\n", "\nclient: ")
	if late != nil {
		return text, false, fmt.Errorf("%w:\n%s", late, text)
	}
	// A pattern that finds nothing would pass as well.
	return text, p.cmd.ProcessState.Success() && strings.Contains(text, "--- PASS: "+t.Name()), err
}

// told is what is told to the client's process. ServerFacts are the fields of
// Server that another process can use.
type told struct {
	Net    *Network
	Server serverFacts
}

type serverFacts struct {
	Kind         Kind
	Options      Options
	Host         string
	Port         int
	User         string
	Password     string
	Dir, Home    string
	UID, GID     int
	PassivePorts [2]int
	Base         string
}

func (s *Server) told() serverFacts {
	return serverFacts{
		Kind: s.Kind, Options: s.Options, Host: s.Host, Port: s.Port, User: s.User, Password: s.Password,
		Dir: s.Dir, Home: s.Home, UID: s.UID, GID: s.GID, PassivePorts: s.PassivePorts, Base: s.base,
	}
}

func readScene(text string) (*Scene, error) {
	var all told
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, err
	}
	f := all.Server
	s := &Server{
		Kind: f.Kind, Options: f.Options, Host: f.Host, Port: f.Port, User: f.User, Password: f.Password,
		Dir: f.Dir, Home: f.Home, UID: f.UID, GID: f.GID, PassivePorts: f.PassivePorts, base: f.Base,
		CA: x509.NewCertPool(),
	}
	s.CAFile, s.CertFile = s.file("ca.pem"), s.file("cert.pem")
	ca, err := os.ReadFile(s.CAFile)
	if err != nil {
		return nil, err
	}
	s.CA.AppendCertsFromPEM(ca)
	return &Scene{Net: all.Net, Server: s}, nil
}
