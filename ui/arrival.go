//go:build !headless

package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"wherry/sync/engine"
	"wherry/sync/instance"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/cli"
)

// arrival is what a second start asks of the first window, as JSON.
type arrival struct {
	Version int      `json:"version"`
	Place   *arrived `json:"place,omitempty"`
}

// arrivals is the version of the message; another one is refused, because a
// Wherry that was updated while it was open can be of any.
const arrivals = 1

// arrived is an engine.Place. A path can hold any byte, which JSON's texts
// cannot.
type arrived struct {
	Site     site.Site `json:"site"`
	Local    bool      `json:"local,omitempty"`
	Path     []byte    `json:"path,omitempty"`
	HasPath  bool      `json:"has_path,omitempty"`
	Begins   bool      `json:"begins,omitempty"`
	Password string    `json:"password,omitempty"`
}

// claim makes this process the first one of its folder, or hands its wish to
// the one that is: the error is cli.ErrRaised then. A demo is always a window
// of its own, because its server ends with it. Where the first one does not
// answer there is none and a notice, since a person is not to be locked out.
func claim(ctx context.Context, req cli.WindowRequest) (*instance.First, []string, error) {
	if req.Demo {
		return nil, nil, nil
	}
	message, err := messageOf(req.Place, instance.Private)
	if err != nil {
		return nil, nil, err
	}
	first, err := instance.Claim(ctx, req.Engine.Dirs.State, message)
	switch {
	case errors.Is(err, instance.ErrTold):
		return nil, nil, cli.ErrRaised
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case err != nil:
		return nil, []string{"A window of its own was opened, which another start will not find: " + err.Error() + "."}, nil
	}
	return first, nil, nil
}

// messageOf is what to tell the first window: to come to the front, and to go
// to p, nil for nowhere. A password goes along only where nobody else can get
// it; otherwise the first window asks for it.
func messageOf(p *engine.Place, private bool) ([]byte, error) {
	m := arrival{Version: arrivals}
	if p != nil {
		m.Place = &arrived{Site: p.Site, Local: p.Local, Path: []byte(p.Path.String()), HasPath: p.HasPath, Begins: p.Begins}
		if private {
			m.Place.Password = p.Password
		}
	}
	return json.Marshal(m)
}

// placeOf reads a message and checks it as what a person typed is checked.
func placeOf(message []byte) (*engine.Place, error) {
	var m arrival
	dec := json.NewDecoder(bytes.NewReader(message))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, err
	}
	if m.Version != arrivals {
		return nil, fmt.Errorf("messages of version %d are not known", m.Version)
	}
	if m.Place == nil {
		return nil, nil
	}
	path, err := vfs.Parse(string(m.Place.Path))
	if err == nil && !m.Place.Local {
		err = m.Place.Site.Validate()
	}
	return &engine.Place{
		Site: m.Place.Site, Local: m.Place.Local, Path: path, HasPath: m.Place.HasPath, Begins: m.Place.Begins, Password: m.Place.Password,
	}, err
}

// arrive takes what a second start asked for. It is called off the window's
// thread.
func (s *shell) arrive(message []byte) error {
	p, err := placeOf(message)
	if err != nil {
		return err
	}
	s.loop.Post(func() {
		s.raise()
		switch {
		case p != nil && p.Local:
			s.goHere(s.active, p.Path)
		case p != nil:
			s.goTo(s.sideToConnect(), *p)
		}
	})
	return nil
}

// raise brings the window to the front, as far as the system lets a program
// do that.
func (s *shell) raise() {
	s.tray.hidden = false
	s.window.Show()
	s.window.RequestFocus()
	s.facts.tell(fact{Fact: "raised"})
}
