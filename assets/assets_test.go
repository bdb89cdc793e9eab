package assets

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"testing"
)

func TestTheIconCanBeShown(t *testing.T) {
	for pixels, icon := range map[int][]byte{256: IconPNG, 64: TrayPNG} {
		img, err := png.Decode(bytes.NewReader(icon))
		if err != nil {
			t.Fatal(err)
		}
		if size := img.Bounds().Size(); size.X != pixels || size.Y != pixels {
			t.Errorf("the PNG of %d measures %v", pixels, size)
		}
		if _, _, _, alpha := img.At(0, 0).RGBA(); alpha != 0 {
			t.Errorf("the corner of the PNG of %d is not transparent", pixels)
		}
	}
	for d := xml.NewDecoder(bytes.NewReader(IconSVG)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
