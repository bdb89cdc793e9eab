package pane

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"wherry/sync/vfs"
	"wherry/ui/look"
	"wherry/ui/parts"
	"wherry/ui/words"
)

// Len is the number of rows, for the list.
func (v *View) Len() int { return v.model.Len() }

// Row is what the list shows of an entry.
func (v *View) Row(i int) parts.Row {
	e := v.model.Entry(i)
	row := parts.Row{
		Icon:  look.Draw(glyphOf(e)),
		Cells: []string{vfs.Readable(e.Name), "", words.Time(e.ModTime, e.Accuracy, time.Local), ""},
		Dim:   strings.HasPrefix(e.Name, "."), Fraction: -1,
	}
	if size := sizeOf(e); size >= 0 {
		row.Cells[BySize] = words.Size(size)
	}
	if e.HasMode {
		row.Cells[ByMode] = words.Mode(e)
	}
	if !v.model.Usable(i) {
		row.Color = look.ColorWarn
	}
	return row
}

// kinds sorts files by the end of their name, for the icon alone.
var kinds = map[string]look.Glyph{
	"txt": look.GlyphText, "md": look.GlyphText, "rst": look.GlyphText, "log": look.GlyphText, "csv": look.GlyphText,
	"tsv": look.GlyphText, "pdf": look.GlyphText, "doc": look.GlyphText, "docx": look.GlyphText, "odt": look.GlyphText,
	"rtf": look.GlyphText, "xls": look.GlyphText, "xlsx": look.GlyphText, "ods": look.GlyphText, "ppt": look.GlyphText,
	"pptx": look.GlyphText,

	"go": look.GlyphCode, "c": look.GlyphCode, "h": look.GlyphCode, "cc": look.GlyphCode, "cpp": look.GlyphCode,
	"hpp": look.GlyphCode, "rs": look.GlyphCode, "py": look.GlyphCode, "js": look.GlyphCode, "ts": look.GlyphCode,
	"jsx": look.GlyphCode, "tsx": look.GlyphCode, "java": look.GlyphCode, "kt": look.GlyphCode, "rb": look.GlyphCode,
	"php": look.GlyphCode, "pl": look.GlyphCode, "sh": look.GlyphCode, "bash": look.GlyphCode, "html": look.GlyphCode,
	"htm": look.GlyphCode, "css": look.GlyphCode, "scss": look.GlyphCode, "xml": look.GlyphCode, "json": look.GlyphCode,
	"yaml": look.GlyphCode, "yml": look.GlyphCode, "toml": look.GlyphCode, "ini": look.GlyphCode, "conf": look.GlyphCode,
	"sql": look.GlyphCode,

	"png": look.GlyphImage, "jpg": look.GlyphImage, "jpeg": look.GlyphImage, "gif": look.GlyphImage, "svg": look.GlyphImage,
	"webp": look.GlyphImage, "bmp": look.GlyphImage, "ico": look.GlyphImage, "tif": look.GlyphImage, "tiff": look.GlyphImage,
	"heic": look.GlyphImage, "avif": look.GlyphImage, "psd": look.GlyphImage, "raw": look.GlyphImage,

	"zip": look.GlyphArchive, "gz": look.GlyphArchive, "tgz": look.GlyphArchive, "bz2": look.GlyphArchive, "xz": look.GlyphArchive,
	"zst": look.GlyphArchive, "7z": look.GlyphArchive, "rar": look.GlyphArchive, "tar": look.GlyphArchive, "deb": look.GlyphArchive,
	"rpm": look.GlyphArchive, "iso": look.GlyphArchive, "dmg": look.GlyphArchive, "jar": look.GlyphArchive, "apk": look.GlyphArchive,

	"mp3": look.GlyphMedia, "ogg": look.GlyphMedia, "flac": look.GlyphMedia, "wav": look.GlyphMedia, "m4a": look.GlyphMedia,
	"opus": look.GlyphMedia, "mp4": look.GlyphMedia, "mkv": look.GlyphMedia, "avi": look.GlyphMedia, "mov": look.GlyphMedia,
	"webm": look.GlyphMedia, "m4v": look.GlyphMedia,
}

func glyphOf(e vfs.Entry) (look.Glyph, fyne.ThemeColorName) {
	switch {
	case e.Type == vfs.TypeDir:
		return look.GlyphFolder, look.ColorFolder
	case e.IsDir():
		return look.GlyphFolderLink, look.ColorFolder
	case e.Type == vfs.TypeLink:
		return look.GlyphLink, look.ColorSecondary
	case e.Type == vfs.TypeOther:
		return look.GlyphOther, look.ColorSecondary
	}
	dot := strings.LastIndexByte(e.Name, '.')
	if glyph, ok := kinds[strings.ToLower(e.Name[dot+1:])]; ok && dot > 0 {
		return glyph, look.ColorSecondary
	}
	return look.GlyphFile, look.ColorSecondary
}
