package queue

import (
	"context"

	"wherry/sync/vfs"
)

// beside is what is known of the names of a folder besides its listing.
type beside struct {
	twins map[string]string // see twins
	there *there
}

// there is what stands in a target's folder, and what will; nil for not known.
type there struct {
	names map[string]vfs.Entry // by alikeName
	found map[string]int       // how many of the source's names are alike
}

// fewFiles are looked at one by one: for them a listing of the target's folder,
// which may be long, does not pay.
const fewFiles = 2

// standing lists a target's folder, so that the transfers into it need not look.
// Nothing is in a folder that was just made. One that may not be listed is not
// known, and no error.
func standing(ctx context.Context, f vfs.FS, folder vfs.Path, entries []vfs.Entry, made bool) (*there, error) {
	t := &there{names: map[string]vfs.Entry{}, found: make(map[string]int, len(entries))}
	files := 0
	for _, e := range entries {
		t.found[alikeName(e.Name)]++
		if e.Type == vfs.TypeFile {
			files++
		}
	}
	switch {
	case made:
		return t, nil
	case files <= fewFiles:
		return nil, nil
	}
	stand, err := f.List(ctx, folder)
	if triedAgain(err) {
		return nil, err
	} else if err != nil {
		return nil, nil
	}
	for _, e := range stand {
		t.names[alikeName(e.Name)] = e
	}
	return t, nil
}

// seen is what the row of an entry keeps of both listings, nil for nothing. Names
// that some file system takes for one are for the transfer to look at.
func (t *there) seen(e vfs.Entry) []byte {
	if t == nil || e.Type != vfs.TypeFile || t.found[alikeName(e.Name)] > 1 {
		return nil
	}
	now, stands := t.names[alikeName(e.Name)]
	switch {
	case !stands:
		return seenText(e, nil)
	case now.Name == e.Name:
		return seenText(e, &now)
	}
	return nil
}
