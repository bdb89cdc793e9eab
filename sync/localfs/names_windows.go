package localfs

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"

	"wherry/sync/vfs"
)

// ToOS returns the name by which the system knows p: /C:/Users is C:\Users.
// The root, which is the list of drives, has none and gives "".
func ToOS(p vfs.Path) string {
	elems := p.Elems()
	switch len(elems) {
	case 0:
		return ""
	case 1:
		return elems[0] + `\`
	}
	return strings.Join(elems, `\`)
}

// FromOS makes a Path of a name of the system; a relative one is seen from the
// current folder. It fails with KindBadName for names without a drive letter,
// such as \\server\share.
func FromOS(name string) (vfs.Path, error) {
	abs, err := absolute(name)
	if err != nil {
		return vfs.Path{}, err
	}
	if !isDrive(filepath.VolumeName(abs)) {
		return vfs.Path{}, &vfs.Error{Op: "name", Path: name, Kind: vfs.KindBadName, Err: errName}
	}
	return vfs.Parse("/" + filepath.ToSlash(abs))
}

// usable refuses what Windows would read as another name than the one meant,
// and anything that does not begin with a drive.
func usable(p vfs.Path) error {
	for i, elem := range p.Elems() {
		switch {
		case i == 0 && isDrive(elem):
		case i == 0:
			return errName
		default:
			if err := CheckWindowsName(elem); err != nil {
				return err
			}
		}
	}
	return nil
}

func isDrive(volume string) bool {
	if len(volume) != 2 || volume[1] != ':' {
		return false
	}
	letter := volume[0] | 0x20
	return letter >= 'a' && letter <= 'z'
}

// isDriveList tells the folder above all drives.
func isDriveList(p vfs.Path) bool { return p.IsRoot() }

func drives() ([]vfs.Entry, error) {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil, err
	}
	var entries []vfs.Entry
	for i := range 26 {
		if mask&(1<<i) != 0 {
			entries = append(entries, vfs.Entry{Name: string(rune('A'+i)) + ":", Type: vfs.TypeDir, Size: vfs.SizeUnknown})
		}
	}
	return entries, nil
}
