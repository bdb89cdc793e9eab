//go:build !windows

package localfs

import "wherry/sync/vfs"

// ToOS returns the name by which the system knows p.
func ToOS(p vfs.Path) string { return p.String() }

// FromOS makes a Path of a name of the system; a relative one is seen from the
// current folder. It fails with KindBadName for names that vfs.Path cannot
// hold.
func FromOS(name string) (vfs.Path, error) {
	abs, err := absolute(name)
	if err != nil {
		return vfs.Path{}, err
	}
	return vfs.Parse(abs)
}

// usable is nil for every path here: what vfs.Path holds, a Unix holds.
func usable(vfs.Path) error { return nil }

// isDriveList tells the folder above all drives, which only Windows has.
func isDriveList(vfs.Path) bool { return false }

func drives() ([]vfs.Entry, error) { return nil, errName }
