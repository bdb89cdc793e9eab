package parts

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
)

// slot is the reusable picture of one row.
//
// Its texts are drawn in memory and shown as one picture. Texts shown as such
// would each leave a texture in Fyne's cache for a minute, by their words: a
// few seconds at the scroll bar of a large folder cost hundreds of megabytes.
// The picture has one texture, which goes when the slot shows another row; and
// one is drawn faster in each frame than four.
type slot struct {
	box        *fyne.Container
	ground     *canvas.Rectangle
	icon       *canvas.Image
	track, bar *canvas.Rectangle
	paper      *canvas.Raster // shows what sheet draws
	sheet      software.WindowlessCanvas
	texts      []*canvas.Text // on sheet
	row        int            // -1 while unbound
	data       Row
}

func newSlot(columns []Column) *slot {
	s := &slot{
		row: -1, ground: canvas.NewRectangle(color.Transparent), icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		track: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent),
		sheet: software.NewTransparentCanvas(),
	}
	s.track.CornerRadius, s.bar.CornerRadius = 3, 3
	s.icon.Hide()
	s.track.Hide()
	s.bar.Hide()
	s.paper = canvas.NewRaster(s.draw)
	s.box = container.NewWithoutLayout(s.ground, s.track, s.bar, s.icon, s.paper)
	texts := container.NewWithoutLayout()
	for _, c := range columns {
		text := canvas.NewText("", color.Transparent)
		text.Alignment = c.Align
		s.texts = append(s.texts, text)
		texts.Add(text)
	}
	s.sheet.SetPadded(false)
	s.sheet.SetContent(texts)
	return s
}

// draw is called by the canvas when it needs the picture, with the size in
// pixels of the screen.
func (s *slot) draw(width, _ int) image.Image {
	size := s.paper.Size()
	if size.Width <= 0 || width <= 0 {
		return image.NewNRGBA(image.Rectangle{})
	}
	s.sheet.SetScale(float32(width) / size.Width)
	return s.sheet.Capture()
}
