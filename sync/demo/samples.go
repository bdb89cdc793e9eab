package demo

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// texts are the samples that are words: lines "== name", each followed by its
// text. They stand in one file, as go:embed takes no names with the quotes and
// other signs that the samples are for.
//
//go:embed texts.txt
var texts string

// videoSize is the size in bytes of the one big file.
const videoSize = 50 << 20

// sample is one file to be made. write gets a generator that is the same in
// every run.
type sample struct {
	name  string
	write func(io.Writer, *rand.Rand) error
}

// samples are made by code where a text would be long; folders come with
// their files.
func samples() []sample {
	all := []sample{
		{"Video/harbour.mp4", video},
		{"Website/images/harbour.jpg", photo(900, 360, 7)},
		{"Website/images/team.jpg", photo(720, 480, 17)},
		{"Website/images/logo.png", logo},
		{"Website/images/favicon.png", logo},
		{"Website/.htaccess", text("Options -Indexes\nErrorDocument 404 /404.html\n")},
		{"Website/logs/access.log", accessLog},
		{"Website/logs/error.log", text("")},
		{"Backups/website 2025-03.tar.gz", packed(180_000)},
		{"Backups/website 2025-09.tar.gz", packed(320_000)},
		{"Backups/database.sql.gz", packed(90_000)},
		{"Customers/customers.csv", customers},
		{"Archive/2019/Old things/read me first.txt", text("Nothing here is needed any more.\n")},
	}
	for i, who := range []string{"Müller & Söhne", "Ångström AB", "Café Zoë", "O'Neill Ltd", "Weiß KG", "Łódź Shipping"} {
		name := fmt.Sprintf("Invoices/2025/2025-%03d %s.pdf", i+1, who)
		all = append(all, sample{name, invoice(i+1, who)})
	}
	for i := range 14 {
		name := fmt.Sprintf("Pictures/Summer in Ålesund/IMG_%04d.JPG", 412+i)
		all = append(all, sample{name, photo(640, 480, 5+i)})
	}
	return all
}

// writeSamples fills dir. The times lie between an hour and three years in
// the past; a folder is as old as its youngest file.
func writeSamples(ctx context.Context, dir string) error {
	all := append(textSamples(), samples()...)
	now := time.Now().Truncate(time.Second)
	folders := map[string]time.Time{}
	for i, s := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		random := rand.New(rand.NewPCG(1, uint64(i)))
		name := filepath.Join(dir, filepath.FromSlash(s.name))
		age := time.Duration(math.Pow(random.Float64(), 3) * 3 * 365 * 24 * float64(time.Hour))
		when := now.Add(-time.Hour - age.Truncate(time.Second))
		if err := writeSample(name, s, random, when); err != nil {
			return err
		}
		for up := filepath.Dir(name); len(up) >= len(dir); up = filepath.Dir(up) {
			if when.After(folders[up]) {
				folders[up] = when
			}
		}
	}
	for name, when := range folders {
		if err := os.Chtimes(name, when, when); err != nil {
			return err
		}
	}
	return nil
}

func writeSample(name string, s sample, random *rand.Rand, when time.Time) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = s.write(f, random)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chtimes(name, when, when)
	}
	return err
}

func textSamples() []sample {
	var all []sample
	for part := range strings.SplitSeq(strings.TrimPrefix(texts, "== "), "\n== ") {
		name, content, _ := strings.Cut(part, "\n")
		all = append(all, sample{name, text(content)})
	}
	return all
}

func text(content string) func(io.Writer, *rand.Rand) error {
	return func(w io.Writer, _ *rand.Rand) error {
		_, err := io.WriteString(w, content)
		return err
	}
}

// video has the first box of an MP4 and then noise, so that no compression
// and no sparse file can make a transfer look faster than it is.
func video(w io.Writer, r *rand.Rand) error {
	head := []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	if _, err := w.Write(head); err != nil {
		return err
	}
	noise := rand.NewChaCha8([32]byte{byte(r.Uint32())})
	_, err := io.CopyN(w, noise, videoSize-int64(len(head)))
	return err
}

func packed(size int64) func(io.Writer, *rand.Rand) error {
	return func(w io.Writer, r *rand.Rand) error {
		z := gzip.NewWriter(w)
		if _, err := io.CopyN(z, rand.NewChaCha8([32]byte{byte(r.Uint32())}), size); err != nil {
			return err
		}
		return z.Close()
	}
}

// photo is a sea under an evening sky; hour moves the sun.
func photo(width, height, hour int) func(io.Writer, *rand.Rand) error {
	return func(w io.Writer, r *rand.Rand) error {
		img := image.NewRGBA(image.Rect(0, 0, width, height))
		sunX, sunY := width*hour/24, height/4+(hour-12)*(hour-12)*height/600
		horizon := height * 3 / 5
		for y := range height {
			grain := r.Uint64()
			for x := range width {
				glow := 1 / (1 + float64((x-sunX)*(x-sunX)+(y-sunY)*(y-sunY))/float64(height*height/20))
				shade := float64(y) / float64(horizon)
				c := [3]float64{90 + 110*shade + 160*glow, 140 + 60*shade + 110*glow, 200 - 10*shade + 20*glow}
				if y > horizon {
					wave := float64((x*5+y*y/3)%48) / 3
					c = [3]float64{30 + wave + 120*glow, 70 + wave + 80*glow, 105 + wave + 30*glow}
				}
				grain = grain*6364136223846793005 + 1442695040888963407
				light := float64(grain>>61) - 4
				img.SetRGBA(x, y, color.RGBA{level(c[0] + light), level(c[1] + light), level(c[2] + light), 255})
			}
		}
		return jpeg.Encode(w, img, &jpeg.Options{Quality: 85})
	}
}

func level(v float64) uint8 { return uint8(max(0, min(255, v))) }

func logo(w io.Writer, _ *rand.Rand) error {
	img := image.NewRGBA(image.Rect(0, 0, 128, 128))
	for y := range 128 {
		for x := range 128 {
			if (x-64)*(x-64)+(y-64)*(y-64) < 60*60 {
				img.SetRGBA(x, y, color.RGBA{23, 78, 99, 255})
			}
			if y > 70 && y < 92 && x > 20+(y-70) && x < 108-(y-70) || x > 60 && x < 64+(y-24)/2 && y > 24 && y < 66 {
				img.SetRGBA(x, y, color.RGBA{250, 250, 245, 255})
			}
		}
	}
	return png.Encode(w, img)
}

// invoice is a small PDF that readers open.
func invoice(number int, who string) func(io.Writer, *rand.Rand) error {
	return func(w io.Writer, r *rand.Rand) error {
		ascii := strings.Map(func(c rune) rune {
			if c > '~' || c == '(' || c == ')' || c == '\\' {
				return '?'
			}
			return c
		}, who)
		page := fmt.Sprintf("BT /F1 22 Tf 72 760 Td (Invoice 2025-%03d) Tj /F1 12 Tf 0 -40 Td (%s) Tj 0 -24 Td (Harbour pilotage: %d.00 EUR) Tj ET",
			number, ascii, 100+r.IntN(900))
		var b bytes.Buffer
		b.WriteString("%PDF-1.4\n")
		var at []int
		for i, object := range []string{
			"<< /Type /Catalog /Pages 2 0 R >>",
			"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
			"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		} {
			at = append(at, b.Len())
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
		}
		table := b.Len()
		fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
		for _, offset := range at {
			fmt.Fprintf(&b, "%010d 00000 n \n", offset)
		}
		fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
		_, err := b.WriteTo(w)
		return err
	}
}

func accessLog(w io.Writer, r *rand.Rand) error {
	var b strings.Builder
	pages := []string{"/", "/about.html", "/contact.html", "/css/style.css", "/images/harbour.jpg"}
	for i := range 4000 {
		fmt.Fprintf(&b, "192.0.2.%d - - [%02d/Mar/2025:%02d:%02d:%02d +0100] \"GET %s HTTP/1.1\" 200 %d\n",
			r.IntN(254)+1, i/160+1, i%160*9/60, i%60, r.IntN(60), pages[r.IntN(len(pages))], 500+r.IntN(9000))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func customers(w io.Writer, r *rand.Rand) error {
	var b strings.Builder
	b.WriteString("number;name;town;since\n")
	names := []string{"Müller", "Ångström", "Zoë", "O'Neill", "Weiß", "Nowak", "Dupont", "Rossi"}
	towns := []string{"Bremen", "Ålesund", "Łódź", "Cork", "Genoa", "Brest"}
	for i := range 300 {
		fmt.Fprintf(&b, "%d;%s;%s;%d\n", 1000+i, names[r.IntN(len(names))], towns[r.IntN(len(towns))], 1990+r.IntN(35))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
