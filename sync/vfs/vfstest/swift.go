package vfstest

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"time"

	"wherry/sync/vfs"
)

// swiftCases check the optional ways of vfs.Swift, vfs.Witness and
// vfs.Finisher where the file system has them, against the single calls.
var swiftCases = []testCase{
	{"opened as seen, the same bytes come", func(s *suite) {
		want := content(200_000)
		s.write(s.at("file"), want)
		for _, offset := range []int64{0, 70_001, 200_000} {
			if offset > 0 && s.opt.NoResumeRead {
				continue
			}
			r, ok := s.openSeen(s.at("file"), offset, s.stat(s.at("file")))
			if !ok {
				return
			}
			if size := r.Size(); size != 200_000 && size != vfs.SizeUnknown {
				s.Errorf("the size is %d, want 200000 or unknown", size)
			}
			s.same("opened as seen", s.drain(r), want[offset:])
			s.must("second close", r.Close())
		}
	}},
	{"what is told along with the bytes is what a look tells", func(s *suite) {
		s.write(s.at("file"), content(5000))
		look := s.stat(s.at("file"))
		r, ok := s.openSeen(s.at("file"), 0, look)
		if !ok {
			return
		}
		w, ok := r.(vfs.Witness)
		if !ok {
			s.drain(r)
			return
		}
		if _, told := w.After(); told {
			s.Error("told what stands behind the last byte before it came")
		}
		s.drain(r)
		for when, tell := range map[string]func() (vfs.Entry, bool){"before": w.Before, "after": w.After} {
			if now, told := tell(); told && (!now.Same(look) || now.Size == vfs.SizeUnknown && now.ModTime.IsZero()) {
				s.Errorf("%s: %+v, a look says %+v", when, now, look)
			}
		}
	}},
	{"a listing that has become untrue is told of, or nothing is", func(s *suite) {
		s.write(s.at("file"), content(5000))
		seen := s.stat(s.at("file"))
		s.must("remove", s.f.Remove(s.ctx, s.at("file")))
		s.write(s.at("file"), content(9000))
		r, ok := s.openSeen(s.at("file"), 0, seen)
		if !ok {
			return
		}
		var got bytes.Buffer
		_, err := io.Copy(&got, r)
		if closing := r.Close(); err == nil {
			err = closing
		}
		if err != nil {
			s.wantKind("reading what has changed", err, vfs.KindSize)
		} else {
			s.same("what stands there now", got.Bytes(), content(9000))
		}
		if w, ok := r.(vfs.Witness); ok {
			if now, told := w.Before(); told && now.Same(seen) {
				s.Errorf("told %+v, as if nothing had changed", now)
			}
		}
	}},
	{"broken off, nothing is told of the end", func(s *suite) {
		s.write(s.at("big"), content(big))
		r, ok := s.openSeen(s.at("big"), 0, s.stat(s.at("big")))
		if !ok {
			return
		}
		_, err := io.ReadFull(r, make([]byte, 1000))
		s.must("reading a little", err)
		s.must("breaking off", r.Close())
		if w, ok := r.(vfs.Witness); ok {
			if _, told := w.After(); told {
				s.Error("told what stands behind a byte that never came")
			}
		}
		s.wantContent(s.at("big"), content(big))
	}},
	{"what is no file fails as it does without having been seen", func(s *suite) {
		seen := vfs.Entry{Name: "name", Type: vfs.TypeFile, Size: 10, ModTime: time.Unix(1_600_000_000, 0), Accuracy: time.Second}
		s.mkdir(s.at("folder"))
		for _, p := range []vfs.Path{s.at("missing"), s.at("folder"), s.at("missing", "below")} {
			want := failure(tryRead(s.ctx, s.f, p, 0))
			swift, ok := s.f.(vfs.Swift)
			if !ok {
				return
			}
			r, err := swift.OpenSeen(s.ctx, p, 0, seen)
			if err == nil {
				_, err = io.Copy(io.Discard, r)
				if closing := r.Close(); err == nil {
					err = closing
				}
			}
			s.wantKind("opening "+p.String()+" as seen", err, vfs.KindOf(want))
		}
	}},
	{"the times told together are those of a look", func(s *suite) {
		dater, ok := s.f.(vfs.Dater)
		if !ok {
			return
		}
		names := []string{"missing", "plain"}
		for _, name := range awkwardNames() {
			if s.opt.Refuses == nil || !s.opt.Refuses(name) {
				names = append(names, name)
			}
		}
		for i, name := range names[1:] {
			s.write(s.at(name), content(i))
			if !s.opt.NoTimes {
				s.must("set time", s.f.SetTime(s.ctx, s.at(name), time.Unix(1_600_000_000+int64(i), 0)))
			}
		}
		told, err := dater.Dates(s.ctx, s.dir, names)
		s.must("dates", err)
		for name, at := range told {
			if look := s.stat(s.at(name)); !look.ModTime.Equal(at) || look.Accuracy != time.Second {
				s.Errorf("%q is told to be of %v, a look says %v, to %v", name, at, look.ModTime, look.Accuracy)
			}
		}
		if told, err = dater.Dates(s.ctx, s.at("missing"), names); err != nil || len(told) > 0 {
			s.Errorf("of a folder that is missing %v is told, %v", told, err)
		}
		if told, err = dater.Dates(s.ctx, s.dir, nil); err != nil || len(told) > 0 {
			s.Errorf("asked nothing, told %v, %v", told, err)
		}
	}},
	{"finishing comes to what the single steps come to", func(s *suite) {
		for _, tc := range finishes() {
			s.finishBothWays(tc)
		}
	}},
	{"after finish nothing takes effect", func(s *suite) {
		w, ok := s.writing(s.at("part"), content(50))
		if !ok {
			return
		}
		_, err := w.Finish(vfs.Finish{Size: 50, Target: s.at("file")})
		s.must("finish", err)
		s.must("abort after finish", w.Abort())
		s.must("commit after finish", w.Commit())
		s.wantNames(s.dir, "file")
		s.wantContent(s.at("file"), content(50))
	}},
	{"after a finish that failed its error stays", func(s *suite) {
		w, ok := s.writing(s.at("part"), content(50))
		if !ok {
			return
		}
		s.write(s.at("file"), content(7))
		_, err := w.Finish(vfs.Finish{Size: 50, Target: s.at("file")})
		s.wantKind("finish", err, vfs.KindExists)
		s.wantKind("abort after finish", w.Abort(), vfs.KindExists)
		s.wantKind("commit after finish", w.Commit(), vfs.KindExists)
		s.wantContent(s.at("part"), content(50))
		s.wantContent(s.at("file"), content(7))
	}},
	{"after abort no finish succeeds", func(s *suite) {
		w, ok := s.writing(s.at("part"), content(50))
		if !ok {
			return
		}
		s.must("abort", w.Abort())
		_, err := w.Finish(vfs.Finish{Size: 50, Target: s.at("file")})
		s.wantKind("finish after abort", err, vfs.KindCancelled)
		s.wantGone(s.at("file"))
	}},
	{"a cancelled context finishes nothing", func(s *suite) {
		ctx, cancel := context.WithCancel(s.ctx)
		defer cancel()
		held := *s
		held.ctx = ctx
		w, ok := held.writing(s.at("part"), content(50))
		if !ok {
			return
		}
		cancel()
		_, err := w.Finish(vfs.Finish{Size: 50, Target: s.at("file")})
		s.wantKind("finish", err, vfs.KindCancelled)
		s.wantGone(s.at("file"))
	}},
}

// finishing is one last act of a transfer.
type finishing struct {
	outcome string
	ask     vfs.Finish                        // Target and Old are filled in
	prepare func(*suite, vfs.Path) *vfs.Entry // makes what stands under the target; what is to be replaced
}

func finishes() []finishing {
	mode, when := fs.FileMode(0o640), time.Date(2020, 3, 4, 5, 6, 8, 0, time.UTC)
	nothing := func(*suite, vfs.Path) *vfs.Entry { return nil }
	old := func(s *suite, p vfs.Path) *vfs.Entry {
		s.write(p, content(7))
		e := s.stat(p)
		return &e
	}
	return []finishing{
		{"new", vfs.Finish{Size: 900, ModTime: when}, nothing},
		{"with mode", vfs.Finish{Size: 900, ModTime: when, Mode: &mode}, nothing},
		{"with neither", vfs.Finish{Size: 900}, nothing},
		{"replaced", vfs.Finish{Size: 900, ModTime: when, Mode: &mode}, old},
		{"of another size", vfs.Finish{Size: 901, ModTime: when}, old},
		{"somebody's came", vfs.Finish{Size: 900}, func(s *suite, p vfs.Path) *vfs.Entry { s.write(p, content(7)); return nil }},
		{"a folder came", vfs.Finish{Size: 900}, func(s *suite, p vfs.Path) *vfs.Entry { s.mkdir(p); return nil }},
		{"the old one changed", vfs.Finish{Size: 900}, func(s *suite, p vfs.Path) *vfs.Entry {
			seen := old(s, p)
			s.must("remove", s.f.Remove(s.ctx, p))
			s.write(p, content(8))
			return seen
		}},
		{"the old one went", vfs.Finish{Size: 900}, func(s *suite, p vfs.Path) *vfs.Entry {
			seen := old(s, p)
			s.must("remove", s.f.Remove(s.ctx, p))
			return seen
		}},
		{"a folder took its place", vfs.Finish{Size: 900}, func(s *suite, p vfs.Path) *vfs.Entry {
			seen := old(s, p)
			s.must("remove", s.f.Remove(s.ctx, p))
			s.mkdir(p)
			return seen
		}},
	}
}

// finishBothWays does the same in two folders and compares all that can be
// seen of it.
func (s *suite) finishBothWays(tc finishing) {
	s.Helper()
	once, singly := s.at(tc.outcome+", at once"), s.at(tc.outcome+", singly")
	var outcome [2]error
	var told [2]vfs.Finished
	for i, dir := range []vfs.Path{once, singly} {
		s.mkdir(dir)
		in := *s
		in.dir = dir
		ask := tc.ask
		ask.Target = in.at("file")
		ask.Old = tc.prepare(&in, ask.Target)
		w, ok := in.writing(in.at("part"), content(900))
		if !ok {
			return
		}
		if i == 0 {
			told[i], outcome[i] = w.Finish(ask)
		} else {
			told[i], outcome[i] = finishSingly(in.ctx, in.f, w, in.at("part"), ask)
		}
	}
	if vfs.KindOf(outcome[0]) != vfs.KindOf(outcome[1]) || (outcome[0] == nil) != (outcome[1] == nil) {
		s.Errorf("%s: at once %v, singly %v", tc.outcome, outcome[0], outcome[1])
	}
	if told[0] != told[1] {
		s.Errorf("%s: at once %+v, singly %+v", tc.outcome, told[0], told[1])
	}
	s.sameFolders(tc.outcome, once, singly, outcome[0] == nil)
}

// sameFolders compares names and contents, and where all went well the times
// and modes that were set: asked for together, they can be set in vain.
func (s *suite) sameFolders(outcome string, a, b vfs.Path, dressed bool) {
	s.Helper()
	s.wantNames(a, s.names(b)...)
	for _, name := range s.names(a) {
		in, other := s.entry(a, name), s.entry(b, name)
		if in.Type != other.Type || dressed && in.HasMode && in.Mode != other.Mode {
			s.Errorf("%s: %s is %+v, singly %+v", outcome, name, in, other)
		}
		if age := in.ModTime.Sub(other.ModTime).Abs(); dressed && age > time.Hour {
			s.Errorf("%s: %s is of %v, singly of %v", outcome, name, in.ModTime, other.ModTime)
		}
		if in.Type != vfs.TypeFile {
			continue
		}
		p, err := b.Join(name)
		s.must("join", err)
		want, err := tryRead(s.ctx, s.f, p, 0)
		s.must("reading", err)
		p, err = a.Join(name)
		s.must("join", err)
		s.wantContent(p, want)
	}
}

// finishSingly is Finish by the single calls, as package vfs tells it.
func finishSingly(ctx context.Context, f vfs.FS, w vfs.Writer, part vfs.Path, ask vfs.Finish) (vfs.Finished, error) {
	done := vfs.Finished{Size: vfs.SizeUnknown}
	if err := w.Commit(); err != nil {
		return done, err
	}
	e, err := f.Stat(ctx, part)
	if err != nil {
		return done, err
	}
	if done.Size = e.Size; e.Size != vfs.SizeUnknown && e.Size != ask.Size {
		return done, &vfs.Error{Op: "finish", Kind: vfs.KindSize}
	}
	if ask.Mode != nil {
		done.ModeRefused = f.SetMode(ctx, part, *ask.Mode) != nil
	}
	if !ask.ModTime.IsZero() {
		done.TimeKept = f.SetTime(ctx, part, ask.ModTime) == nil
	}
	now, err := f.Stat(ctx, ask.Target)
	switch {
	case vfs.KindOf(err) == vfs.KindNotFound:
		return done, f.Rename(ctx, part, ask.Target, false)
	case err != nil:
		return done, err
	case ask.Old == nil:
		return done, &vfs.Error{Op: "finish", Kind: vfs.KindExists}
	case !now.Same(*ask.Old):
		return done, &vfs.Error{Op: "finish", Kind: vfs.KindChanged}
	}
	return done, f.Rename(ctx, part, ask.Target, true)
}

// openSeen returns false where the file system has no such way.
func (s *suite) openSeen(p vfs.Path, offset int64, seen vfs.Entry) (vfs.Reader, bool) {
	s.Helper()
	swift, ok := s.f.(vfs.Swift)
	if !ok {
		return nil, false
	}
	r, err := swift.OpenSeen(s.ctx, p, offset, seen)
	s.must("opening as seen", err)
	return r, true
}

func (s *suite) drain(r vfs.Reader) []byte {
	s.Helper()
	var got bytes.Buffer
	_, err := io.Copy(&got, r)
	s.must("reading", err)
	s.must("close", r.Close())
	return got.Bytes()
}

type finishingWriter interface {
	vfs.Writer
	vfs.Finisher
}

// writing returns a writer with data in it, or false where it cannot finish.
func (s *suite) writing(p vfs.Path, data []byte) (finishingWriter, bool) {
	s.Helper()
	w, err := s.f.Create(s.ctx, p, 0)
	s.must("create", err)
	f, ok := w.(finishingWriter)
	if !ok {
		s.must("abort", w.Abort())
		return nil, false
	}
	_, err = w.Write(data)
	s.must("write", err)
	return f, true
}

func failure(_ []byte, err error) error { return err }

// SingleSteps returns f without vfs.Swift, and its writers without
// vfs.Finisher, so that a test can go both ways.
func SingleSteps(f vfs.FS) vfs.FS { return singleSteps{f} }

type singleSteps struct{ vfs.FS }

func (f singleSteps) Create(ctx context.Context, p vfs.Path, at int64) (vfs.Writer, error) {
	w, err := f.FS.Create(ctx, p, at)
	if err != nil {
		return nil, err
	}
	return singleWriter{w}, nil
}

// Doubt implements vfs.Doubter.
func (f singleSteps) Doubt() {
	if d, ok := f.FS.(vfs.Doubter); ok {
		d.Doubt()
	}
}

type singleWriter struct{ vfs.Writer }

// Reserve implements vfs.Reserver.
func (w singleWriter) Reserve(size int64) error {
	if r, ok := w.Writer.(vfs.Reserver); ok {
		return r.Reserve(size)
	}
	return nil
}
