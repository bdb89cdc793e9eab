package cli

import (
	"context"
	"errors"
	"strings"

	"wherry/sync/queue"
	"wherry/sync/site"
	"wherry/sync/vfs"
	"wherry/ui/words"
)

// The queue takes work for servers that are away, or that nobody here has the
// password of: what is typed is believed, and looked at when the work begins.

// planUnseen plans an upload without the server; nil where that is not possible,
// because only the server knows the login folder.
func (s *session) planUnseen(ctx context.Context, sources []source, last string) ([]queue.Request, error) {
	place, err := s.resolve(last)
	if err != nil || place.Local || !place.HasPath {
		return nil, err
	}
	id, err := s.engine.Introduce(ctx, place.Site, place.Password)
	if err != nil {
		return nil, err
	}
	inside := endsInSlash(last) || place.Begins || place.Path.IsRoot() || len(sources) > 1
	arrive := queue.ArriveLook
	switch {
	case place.Path.IsRoot():
		arrive = queue.ArriveAs
	case inside:
		arrive = queue.ArriveIn
	}
	return s.requests(sources, queue.Place{Site: id, Path: place.Path}, inside, arrive)
}

// unseen takes a source on a server that is away as it is typed; nil where the
// server is there, or where only that can tell what is meant.
func (s *session) unseen(ctx context.Context, arg string) ([]source, error) {
	place, err := s.resolve(arg)
	if err != nil || place.Local || !place.HasPath || strings.ContainsAny(place.Path.Base(), "*?[") {
		return nil, err
	}
	id, err := s.engine.Introduce(ctx, place.Site, place.Password)
	if err != nil {
		return nil, err
	}
	if !s.away[id] {
		_, err := s.connect(ctx, place)
		switch {
		case err == nil:
			return nil, nil
		case !isAway(err):
			return nil, &connectError{err}
		}
		if s.away == nil {
			s.away = map[site.ID]bool{}
		}
		s.away[id] = true
		s.notice("wherry: %s What is named there is taken as it is written, and looked at when the work begins.", words.Of(err, words.CommandLine).Title)
	}
	one := source{place: queue.Place{Site: id, Path: place.Path}, name: place.Path.Base(), typ: vfs.TypeUnknown, size: vfs.SizeUnknown}
	if place.Begins || place.Path.IsRoot() || givesContent(arg) {
		one.name, one.typ = "", vfs.TypeDir
	}
	return []source{one}, nil
}

// meant is remote, and says why a server that is away is needed: what is believed as
// it is typed did not come here.
func (s *session) meant(ctx context.Context, arg string) (remote, error) {
	r, err := s.remote(ctx, arg)
	if s.later && isAway(err) {
		s.say("wherry: What %s means is known to the server alone: to add that, it has to answer, and the password is needed.", words.Safe(arg))
	}
	return r, err
}

// isAway tells that a site cannot be looked at now, and may be there later.
func isAway(err error) bool {
	switch vfs.KindOf(err) {
	case vfs.KindHost, vfs.KindRefused, vfs.KindTimeout, vfs.KindLost, vfs.KindBusy:
		return err != nil
	}
	return errors.Is(err, site.ErrNoPassword)
}
