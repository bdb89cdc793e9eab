package site

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"wherry/sync/jsonfile"
	"wherry/sync/vfs"
)

// storeVersion grows with each field that an older program must not lose.
const storeVersion = 1

// Store keeps the sites in one JSON file that people can read and that holds
// no secret. Its methods may be called from any goroutine, and several
// processes may share the file: each call sees what the others wrote. See
// package jsonfile for what happens to a damaged file (set aside) and to one
// of a newer version or with unknown fields (read, and never written).
//
// An entry that fails Validate, has no ID, or repeats one, is not handed out
// and stays in the file for a person to mend.
type Store struct {
	file string // for errors
	doc  *jsonfile.File[[]Site]
}

// OpenStore opens the file, which need not exist; "" keeps the sites in
// memory. The notices are sentences for people. The error (*vfs.Error) means
// that the file is there and cannot be read.
func OpenStore(file string) (*Store, []string, error) {
	doc, notices, err := jsonfile.Open[[]Site](file, "sites", storeVersion)
	if err != nil {
		return nil, nil, storeError("read sites", file, err)
	}
	s := &Store{file: file, doc: doc}
	all, err := doc.View()
	if err != nil {
		return nil, nil, storeError("read sites", file, err)
	}
	for i, one := range all {
		if why := unfit(all[:i], one); why != nil {
			notices = append(notices, "The saved site "+vfs.Readable(one.Name)+" is not shown: "+why.Error())
		}
	}
	return s, notices, nil
}

// List returns all sites, the quick ones too, by folder and name.
func (s *Store) List() []Site {
	all, _ := s.doc.View() // the last good ones while the file cannot be read
	var out []Site
	for i, one := range all {
		if unfit(all[:i], one) == nil {
			one.Bookmarks = slices.Clone(one.Bookmarks)
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b Site) int {
		return cmp.Or(
			cmp.Compare(strings.ToLower(a.Folder), strings.ToLower(b.Folder)),
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
		)
	})
	return out
}

// Get returns the site with this ID.
func (s *Store) Get(id ID) (Site, bool) {
	for _, one := range s.List() {
		if one.ID == id {
			return one, true
		}
	}
	return Site{}, false
}

// ByName returns the site called name, or "folder/name", which is looked for
// first. A name that several folders have is none: it must be given with its
// folder. Quick connections have no name to be found by.
func (s *Store) ByName(name string) (Site, bool) {
	var found []Site
	for _, one := range s.List() {
		switch {
		case one.Quick || one.Name == "":
		case FullName(one) == name:
			return one, true
		case one.Name == name:
			found = append(found, one)
		}
	}
	if len(found) != 1 {
		return Site{}, false
	}
	return found[0], true
}

// FullName returns "folder/name", which is unique in a Store.
func FullName(s Site) string {
	if s.Folder == "" {
		return s.Name
	}
	return s.Folder + "/" + s.Name
}

// Put adds the site, or replaces the one with its ID. KindBadName: it fails
// Validate, or has no ID, or no name though it is not Quick. KindExists:
// another site has its full name. KindUnsupported: the file is of a newer
// version.
func (s *Store) Put(one Site) error {
	switch err := one.Validate(); {
	case err != nil:
		return err
	case one.ID == Local:
		return &vfs.Error{Op: "save site", Path: "id", Kind: vfs.KindBadName, Reply: "a site needs an ID"}
	case one.Name == "" && !one.Quick:
		return &vfs.Error{Op: "save site", Path: "name", Kind: vfs.KindBadName, Reply: "a saved site needs a name"}
	}
	one.Bookmarks = slices.Clone(one.Bookmarks)
	return storeError("save site", s.file, s.doc.Update(func(all *[]Site) error {
		at := -1
		for i, other := range *all {
			switch {
			case other.ID == one.ID:
				if at < 0 {
					at = i
				}
			case !one.Quick && !other.Quick && FullName(other) == FullName(one):
				return &vfs.Error{
					Op: "save site", Path: FullName(one), Kind: vfs.KindExists,
					Reply: "another site has this name",
				}
			}
		}
		if at < 0 {
			*all = append(*all, one)
		} else {
			(*all)[at] = one
		}
		return nil
	}))
}

// Remove forgets the site; one that is not there is no error. Its password is
// the vault's, and the caller's to delete.
func (s *Store) Remove(id ID) error {
	if _, ok := s.Get(id); !ok {
		return nil
	}
	return storeError("remove site", s.file, s.doc.Update(func(all *[]Site) error {
		*all = slices.DeleteFunc(*all, func(one Site) bool { return one.ID == id })
		return nil
	}))
}

func unfit(before []Site, one Site) error {
	switch {
	case one.ID == Local:
		return &vfs.Error{Op: "site", Path: "id", Kind: vfs.KindBadName, Reply: "it has no ID"}
	case slices.ContainsFunc(before, func(other Site) bool { return other.ID == one.ID }):
		return &vfs.Error{Op: "site", Path: "id", Kind: vfs.KindExists, Reply: "another site has the same ID"}
	}
	return one.Validate()
}

// storeError makes a *vfs.Error of what jsonfile returned.
func storeError(op, file string, err error) error {
	var done *vfs.Error
	if err == nil || errors.As(err, &done) {
		return err
	}
	kind := vfs.KindOther
	switch {
	case errors.Is(err, jsonfile.ErrReadOnly):
		kind = vfs.KindUnsupported
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		kind = vfs.KindNoSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		kind = vfs.KindPermission
	}
	return &vfs.Error{Op: op, Path: file, Kind: kind, Err: err}
}
