package vfstest

import (
	"bytes"
	"slices"

	"wherry/sync/vfs"
)

var hashCases = []testCase{
	{"every hash that is offered is that of the content", func(s *suite) {
		can, err := s.f.Features(s.ctx)
		s.must("features", err)
		for name, data := range map[string][]byte{"empty": nil, "one byte": {'x'}, "some": content(200_001)} {
			s.write(s.at(name), data)
			for _, by := range can.Hashes {
				want := by.New()
				if want == nil {
					s.Fatalf("%q is offered and nobody knows it", by)
				}
				want.Write(data)
				got, err := s.f.Hash(s.ctx, s.at(name), by)
				s.must(string(by)+" of "+name, err)
				if !bytes.Equal(got, want.Sum(nil)) {
					s.Errorf("%s of %s is %x, want %x", by, name, got, want.Sum(nil))
				}
			}
		}
	}},
	{"a hash that is not offered is unsupported", func(s *suite) {
		can, err := s.f.Features(s.ctx)
		s.must("features", err)
		s.write(s.at("file"), content(8))
		for _, by := range append(vfs.HashNames(), "no such hash") {
			if slices.Contains(can.Hashes, by) {
				continue
			}
			_, err := s.f.Hash(s.ctx, s.at("file"), by)
			s.wantKind(string(by), err, vfs.KindUnsupported)
		}
	}},
	{"what is no file has no hash", func(s *suite) {
		can, err := s.f.Features(s.ctx)
		s.must("features", err)
		if len(can.Hashes) == 0 {
			return
		}
		s.mkdir(s.at("folder"))
		_, err = s.f.Hash(s.ctx, s.at("missing"), can.Hashes[0])
		s.wantVague("of what is missing", err, vfs.KindNotFound)
		_, err = s.f.Hash(s.ctx, s.at("folder"), can.Hashes[0])
		s.wantVague("of a folder", err, vfs.KindIsDir)
	}},
}
