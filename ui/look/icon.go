package look

import (
	"fmt"
	"image/color"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Glyph names one of our icons. They are drawn on a grid of 16 with lines of
// one width, so that all of them stand in a row without one shouting.
type Glyph string

// The glyphs.
const (
	GlyphFolder     Glyph = "folder"
	GlyphFolderLink Glyph = "folder-link"
	GlyphFile       Glyph = "file"
	GlyphText       Glyph = "text"
	GlyphCode       Glyph = "code"
	GlyphImage      Glyph = "image"
	GlyphArchive    Glyph = "archive"
	GlyphMedia      Glyph = "media"
	GlyphLink       Glyph = "link"
	GlyphOther      Glyph = "other"
	GlyphComputer   Glyph = "computer"
	GlyphServer     Glyph = "server"
	GlyphUp         Glyph = "up"
	GlyphBack       Glyph = "back"
	GlyphForward    Glyph = "forward"
	GlyphHome       Glyph = "home"
	GlyphRefresh    Glyph = "refresh"
	GlyphNewFolder  Glyph = "new-folder"
	GlyphAdd        Glyph = "add"
	GlyphTrash      Glyph = "trash"
	GlyphEdit       Glyph = "edit"
	GlyphCopy       Glyph = "copy"
	GlyphUpload     Glyph = "upload"
	GlyphDownload   Glyph = "download"
	GlyphPause      Glyph = "pause"
	GlyphPlay       Glyph = "play"
	GlyphCancel     Glyph = "cancel"
	GlyphCheck      Glyph = "check"
	GlyphWaiting    Glyph = "waiting"
	GlyphSearch     Glyph = "search"
	GlyphEye        Glyph = "eye"
	GlyphConnect    Glyph = "connect"
	GlyphDisconnect Glyph = "disconnect"
	GlyphLock       Glyph = "lock"
	GlyphUnlock     Glyph = "unlock"
	GlyphInfo       Glyph = "info"
	GlyphWarn       Glyph = "warn"
	GlyphTrouble    Glyph = "trouble"
	GlyphNone       Glyph = "none" // a dash: nothing to tell
	GlyphSettings   Glyph = "settings"
	GlyphSites      Glyph = "sites"
	GlyphSortUp     Glyph = "sort-up"
	GlyphSortDown   Glyph = "sort-down"
	GlyphChevron    Glyph = "chevron"
	GlyphSpeed      Glyph = "speed"
	GlyphOpen       Glyph = "open" // a small triangle: here is more to choose
)

// glyphs holds the drawings: %[1]s is the colour. the group around them draws
// lines; what shall be filled says so.
var glyphs = map[Glyph]string{
	GlyphFolder:     `<path fill="%[1]s" stroke="none" d="M1.5 4c0-.8.5-1.3 1.3-1.3h3.3l1.6 1.6h5.5c.8 0 1.3.5 1.3 1.3v6.2c0 .8-.5 1.3-1.3 1.3H2.8c-.8 0-1.3-.5-1.3-1.3z"/>`,
	GlyphFolderLink: `<path d="M1.5 4c0-.8.5-1.3 1.3-1.3h3.3l1.6 1.6h5.5c.8 0 1.3.5 1.3 1.3v6.2c0 .8-.5 1.3-1.3 1.3H2.8c-.8 0-1.3-.5-1.3-1.3z"/><path d="M5.5 10.5l4-3M6.8 7.3l2.8.1-.5 2.7"/>`,
	GlyphFile:       file,
	GlyphText:       file + `<path d="M5.6 8h4.8M5.6 10.6h4.8"/>`,
	GlyphCode:       file + `<path d="M6.8 7.8L5.3 9.5l1.5 1.7M9.2 7.8l1.5 1.7-1.5 1.7"/>`,
	GlyphImage:      `<rect x="2" y="3" width="12" height="10" rx="1"/><path d="M2.5 11.5l3.4-3.6 2.4 2.4 1.8-1.7 3.4 3.2"/><path fill="%[1]s" stroke="none" d="M9.6 5.2h1.8v1.8H9.6z"/>`,
	GlyphArchive:    file + `<path d="M7.2 6.2h1.6M7.2 8.2h1.6M7.2 10.2h1.6v1.8H7.2z"/>`,
	GlyphMedia:      `<path d="M6 12V4.2l6.5-1.4v7.6"/><circle cx="4.4" cy="12" r="1.6"/><circle cx="10.9" cy="10.6" r="1.6"/>`,
	GlyphLink:       file + `<path d="M5.5 11l4.2-3.6M6.9 7.2l3 .1-.4 2.8"/>`,
	GlyphOther:      `<circle cx="8" cy="8" r="5.4"/><path d="M8 5v3.6M8 10.6v.4"/>`,
	GlyphComputer:   `<rect x="2.2" y="3" width="11.6" height="7.6" rx="1"/><path d="M1.2 13h13.6"/>`,
	GlyphServer:     `<rect x="2" y="2.6" width="12" height="4.6" rx="1"/><rect x="2" y="8.8" width="12" height="4.6" rx="1"/><path d="M4.6 4.9h.6M4.6 11.1h.6"/>`,
	GlyphUp:         `<path d="M8 13V3.4M3.8 7.4L8 3.2l4.2 4.2"/>`,
	GlyphBack:       `<path d="M13 8H3.4M7.4 3.8L3.2 8l4.2 4.2"/>`,
	GlyphForward:    `<path d="M3 8h9.6M8.6 3.8L12.8 8l-4.2 4.2"/>`,
	GlyphHome:       `<path d="M2 8l6-5.2L14 8M3.8 7v6.2h8.4V7"/>`,
	GlyphRefresh:    `<path d="M13 8a5 5 0 1 1-1.5-3.6L13.2 6M13.3 2.6V6H9.9"/>`,
	GlyphNewFolder:  `<path d="M8 12.9H2.8c-.8 0-1.3-.5-1.3-1.3V4c0-.8.5-1.3 1.3-1.3h3.3l1.6 1.6h5.5c.8 0 1.3.5 1.3 1.3v2.2M12 9.4v5M9.5 11.9h5"/>`,
	GlyphAdd:        `<path d="M8 3v10M3 8h10"/>`,
	GlyphTrash:      `<path d="M2.5 4.4h11M6.2 4.2V2.6h3.6v1.6M4 4.6l.6 8.8h6.8l.6-8.8M6.7 7v4M9.3 7v4"/>`,
	GlyphEdit:       `<path d="M3 13l.6-2.8 7-7 2.2 2.2-7 7z"/>`,
	GlyphCopy:       `<rect x="5.6" y="5.6" width="8" height="8" rx="1"/><path d="M10.4 5.4V3.4c0-.6-.4-1-1-1h-6c-.6 0-1 .4-1 1v6c0 .6.4 1 1 1h2"/>`,
	GlyphUpload:     `<path d="M8 10.6V2.6M4.8 5.6L8 2.4l3.2 3.2M2.4 11v2.4h11.2V11"/>`,
	GlyphDownload:   `<path d="M8 2.4v8M4.8 7.4L8 10.6l3.2-3.2M2.4 11v2.4h11.2V11"/>`,
	GlyphPause:      `<path d="M5.4 3.4v9.2M10.6 3.4v9.2"/>`,
	GlyphPlay:       `<path d="M4.6 3l8 5-8 5z"/>`,
	GlyphCancel:     `<path d="M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4"/>`,
	GlyphCheck:      `<path d="M2.8 8.6l3.4 3.4 7-7.6"/>`,
	GlyphWaiting:    `<circle cx="8" cy="8" r="5.6"/><path d="M8 4.8V8l2.2 1.6"/>`,
	GlyphSearch:     `<circle cx="6.8" cy="6.8" r="4.2"/><path d="M10 10l3.8 3.8"/>`,
	GlyphEye:        `<path d="M1.4 8C3 5.2 5.2 3.8 8 3.8S13 5.2 14.6 8C13 10.8 10.8 12.2 8 12.2S3 10.8 1.4 8z"/><circle cx="8" cy="8" r="1.9"/>`,
	GlyphConnect:    `<path d="M5.6 2v3M10.4 2v3M3.8 5.2h8.4v2.4a4.2 4.2 0 0 1-8.4 0zM8 12v2.4"/>`,
	GlyphDisconnect: `<path d="M5.6 2v2M10.4 2v3M6.6 5.2h5.6v2.4c0 .9-.3 1.7-.7 2.4M9.8 11.4A4.2 4.2 0 0 1 3.8 7.6V5.4M8 12v2.4M2 2l12 12"/>`,
	GlyphLock:       `<rect x="3.2" y="7" width="9.6" height="6.6" rx="1"/><path d="M5.2 6.8V5a2.8 2.8 0 0 1 5.6 0v1.8"/>`,
	GlyphUnlock:     `<rect x="3.2" y="7" width="9.6" height="6.6" rx="1"/><path d="M5.2 6.8V4.6a2.8 2.8 0 0 1 5.4-1"/>`,
	GlyphInfo:       `<circle cx="8" cy="8" r="5.8"/><path d="M8 7.4v3.6M8 4.9v.4"/>`,
	GlyphWarn:       `<path d="M8 2.4l6.2 11H1.8zM8 6.4v3.4M8 11.4v.3"/>`,
	GlyphTrouble:    `<circle cx="8" cy="8" r="5.8"/><path d="M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2"/>`,
	GlyphSettings:   `<path d="M2 4.6h5M11 4.6h3M2 11.4h3M9 11.4h5"/><circle cx="9" cy="4.6" r="1.8"/><circle cx="7" cy="11.4" r="1.8"/>`,
	GlyphSites:      `<path d="M3.6 2.4h8.8v11.2L8 10.6l-4.4 3z"/>`,
	GlyphSortUp:     `<path fill="%[1]s" stroke="none" d="M8 5.2l4 5H4z"/>`,
	GlyphSortDown:   `<path fill="%[1]s" stroke="none" d="M8 10.8l4-5H4z"/>`,
	GlyphNone:       `<path d="M5 8h6"/>`,
	GlyphChevron:    `<path d="M6.2 4.4L9.8 8l-3.6 3.6"/>`,
	GlyphSpeed:      `<path d="M3.2 12.6a6 6 0 1 1 9.6 0M8 9.2l2.8-3.4"/>`,
	GlyphOpen:       `<path d="M4.8 6.6L8 9.8l3.2-3.2"/>`,
}

const file = `<path d="M3.5 2.6c0-.5.4-.9.9-.9h4.8l3.3 3.3v8.4c0 .5-.4.9-.9.9H4.4c-.5 0-.9-.4-.9-.9zM9.2 1.9V5h3.1"/>`

// frame carries the line's colour on each shape through its group.
const frame = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">` +
	`<g fill="none" stroke="%[1]s" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round">`

// drawing is a glyph in a colour of the theme. The colour is looked up each
// time it is drawn, so a change of theme needs no new icons.
type drawing struct {
	glyph Glyph
	color fyne.ThemeColorName
}

// Draw returns a glyph in a colour of the theme. Two calls with the same
// arguments return equal values.
func Draw(g Glyph, c fyne.ThemeColorName) fyne.Resource { return drawing{glyph: g, color: c} }

// Name differs by colour, because Fyne keeps drawings by name.
func (d drawing) Name() string { return "wherry-" + string(d.glyph) + "-" + d.hex() + ".svg" }

// Content returns the SVG in the present theme's colour.
func (d drawing) Content() []byte {
	return fmt.Appendf(nil, frame+glyphs[d.glyph]+`</g></svg>`, d.hex())
}

// Glyphs returns the names of all drawings, in no particular order.
func Glyphs() []Glyph { return slices.Collect(maps.Keys(glyphs)) }

func (d drawing) hex() string {
	c := color.NRGBAModel.Convert(theme.Color(d.color)).(color.NRGBA)
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}
