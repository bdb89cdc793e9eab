package localfs

import (
	"strings"
	"unicode/utf8"

	"wherry/sync/vfs"
)

// CheckWindowsName is nil for a path element that Windows keeps as it is, and
// a KindBadName that says why for one that it refuses or takes for another
// name: a separator, a stream or a drive (C:x), a wildcard, a device in any
// folder and with any ending (aux.txt), a trailing dot or space, which it
// drops, a control character, and bytes that are not UTF-8, which become one
// and the same character. It is asked on Windows for each path and can be
// asked everywhere. (Microsoft, "Naming Files, Paths, and Namespaces".)
func CheckWindowsName(elem string) error {
	why := ""
	switch {
	case elem == "" || elem == "." || elem == "..":
		why = "it means another folder"
	case !utf8.ValidString(elem):
		why = "it holds bytes that are not UTF-8"
	case strings.ContainsAny(elem, `/\`):
		why = "it holds a slash or backslash"
	case strings.Contains(elem, ":"):
		why = "it holds a colon, which means a drive or a stream"
	case strings.ContainsAny(elem, `*?"<>|`):
		why = `it holds one of *?"<>|`
	case strings.IndexFunc(elem, func(r rune) bool { return r < ' ' }) >= 0:
		why = "it holds a control character"
	case strings.TrimRight(elem, ". ") != elem:
		why = "it ends in a dot or a space"
	case isDevice(elem):
		why = "it is the name of a device"
	default:
		return nil
	}
	return &vfs.Error{Op: "name", Path: elem, Kind: vfs.KindBadName, Reply: "Windows cannot keep this name: " + why}
}

// isDevice knows the devices that Windows sees in every folder, by the name
// before the first dot, spaces behind it dropped.
func isDevice(elem string) bool {
	stem, _, _ := strings.Cut(elem, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	number, com := strings.CutPrefix(stem, "COM")
	if !com {
		var lpt bool
		if number, lpt = strings.CutPrefix(stem, "LPT"); !lpt {
			return false
		}
	}
	return utf8.RuneCountInString(number) == 1 && strings.Contains("0123456789¹²³", number)
}
