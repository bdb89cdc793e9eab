package vfs

import "context"

// IsFolder says whether a folder stands at p, or a link to one. What is not
// there, or a file, is none and no error. What could not be found out is one: a
// file may be put in the place of what is no folder.
func IsFolder(ctx context.Context, f FS, p Path) (bool, error) {
	if p.IsRoot() {
		return true, nil
	}
	e, err := Glimpse(ctx, f, p)
	switch kind := KindOf(err); {
	case err == nil && e.Type == TypeLink && e.TargetType == TypeUnknown:
		// Most servers do not tell where a link leads; listing it does.
		_, err := f.List(ctx, p)
		if unanswered(err) {
			return false, err
		}
		return err == nil, nil
	case err == nil:
		return e.IsDir(), nil
	case kind == KindNotFound, kind == KindBadName: // a name that the server's system cannot hold
		// The login folder of some servers is not in the listing above it.
		can, featuresErr := f.Features(ctx)
		if unanswered(featuresErr) {
			return false, featuresErr
		}
		return featuresErr == nil && can.Home == p, nil
	}
	return false, err
}

// unanswered tells errors that say nothing of what was asked about.
func unanswered(err error) bool {
	kind := KindOf(err)
	return err != nil && (kind == KindCancelled || kind.Temporary())
}
