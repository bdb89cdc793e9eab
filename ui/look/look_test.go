package look_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"wherry/ui/look"
)

func TestTextCanBeReadOnItsGround(t *testing.T) {
	texts := []fyne.ThemeColorName{
		theme.ColorNameForeground, look.ColorSecondary, look.ColorAccent, look.ColorOK, look.ColorWarn, look.ColorTrouble,
		look.ColorLogStatus, look.ColorLogSent, look.ColorLogReceived, look.ColorLogTrouble,
	}
	for _, choice := range []look.Choice{look.Light, look.Dark} {
		th := look.New(choice)
		for _, ground := range []fyne.ThemeColorName{theme.ColorNameBackground, look.ColorList, look.ColorHeader, theme.ColorNameOverlayBackground} {
			for _, text := range texts {
				if c := contrast(th.Color(text, 0), th.Color(ground, 0)); c < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f", choice, text, ground, c)
				}
			}
		}
		for _, ground := range []fyne.ThemeColorName{look.ColorSelected, look.ColorSelectedB, look.ColorBar} {
			if c := contrast(th.Color(theme.ColorNameForeground, 0), th.Color(ground, 0)); c < 3 {
				t.Errorf("%s: text on %s has contrast %.2f", choice, ground, c)
			}
		}
		if c := contrast(th.Color(theme.ColorNameForegroundOnPrimary, 0), th.Color(look.ColorAccent, 0)); c < 4.5 {
			t.Errorf("%s: text on the accent has contrast %.2f", choice, c)
		}
	}
}

func TestChoiceDecidesAndSystemFollows(t *testing.T) {
	dark := look.New(look.Dark).Color(look.ColorList, theme.VariantLight)
	light := look.New(look.Light).Color(look.ColorList, theme.VariantDark)
	if dark == light {
		t.Fatal("light and dark have one ground")
	}
	if got := look.New(look.System).Color(look.ColorList, theme.VariantDark); got != dark {
		t.Errorf("the system's dark is not followed: %v", got)
	}
	if got := look.New(look.System).Color(look.ColorList, theme.VariantLight); got != light {
		t.Errorf("the system's light is not followed: %v", got)
	}
}

func TestEveryGlyphDrawsSomethingInTheThemesColour(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Dark))
	for _, g := range look.Glyphs() {
		img := canvas.NewImageFromResource(look.Draw(g, look.ColorAccent))
		img.SetMinSize(fyne.NewSquareSize(32))
		w := test.NewTempWindow(t, img)
		w.SetPadded(false)
		w.Resize(fyne.NewSquareSize(32))
		picture := w.Canvas().Capture()
		ground, drawn := picture.At(0, 0), 0
		for x := range picture.Bounds().Dx() {
			for y := range picture.Bounds().Dy() {
				if picture.At(x, y) != ground {
					drawn++
				}
			}
		}
		if drawn < 20 {
			t.Errorf("%s: only %d points drawn", g, drawn)
		}
	}
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// luminance as WCAG 2.1 defines it.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}
