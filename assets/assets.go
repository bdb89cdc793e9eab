// Package assets holds what is drawn and not computed: the icon. It exists so
// that the window, the tray and the packaging show the same one, and so that
// the program is a single file. It imports nothing of ours.
package assets

import _ "embed"

// IconSVG is the program's icon, a boat between two shores, for any size.
//
//go:embed wherry.svg
var IconSVG []byte

// IconPNG is the icon in 256 x 256 pixels with a transparent surround, for
// window managers, which take no SVG. It is drawn from IconSVG.
//
//go:embed wherry.png
var IconPNG []byte

// TrayPNG is the same in 64 x 64 pixels, for the tray, which gets it as bare
// pixels over the message bus. Its own ground makes it readable on light and on
// dark panels; which one a panel is, nobody tells.
//
//go:embed tray.png
var TrayPNG []byte
