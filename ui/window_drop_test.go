//go:build linux && !headless

package ui

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wherry/sync/ftptest"
)

// fileManagerSettings make pcmanfm show names and nothing that changes by
// itself.
const fileManagerSettings = `[ui]
always_show_tabs=0
win_width=300
win_height=300
side_pane_mode=hidden;places
view_mode=icon
toolbar=
show_statusbar=0
`

// droppedByFileManager drags a file with XDND, the protocol of X11, out of a
// program that is not ours.
func droppedByFileManager(t *testing.T, binary string) {
	needs(t, "pcmanfm")
	s := newStage(t, binary, ftptest.Options{})
	s.put("inbox/kept.txt", []byte("kept"))
	content := bytes.Repeat([]byte("from elsewhere\n"), 20_000)
	const name = "it's 100% önly a name.txt"
	write(t, filepath.Join(s.home, "shown", name), content)
	s.startConnected()
	s.screen.x("windowmove", "--sync", s.screen.window(s.cmd.Process.Pid), "10", "40")
	s.locate()
	file := s.startFileManager(filepath.Join(s.home, "shown"))

	s.press(file, s.rowOf("right", "inbox"))
	s.moveTo(s.ground("right")) // some more moves, so that both programs know of each other
	s.moveTo(s.rowOf("right", "inbox"))
	s.picture("over-the-folder")
	s.release()
	s.comes("the drop", "queued", func(f fact) bool { return f.Text == "1" })
	s.awaitDone(1)
	s.picture("done")
	got, err := os.ReadFile(filepath.Join(s.server.Dir, "inbox", name))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(content, got) {
		t.Errorf("%s here, %s on the server", digest(content), digest(got))
	}
	s.onServer("inbox/", "inbox/kept.txt", "inbox/"+name)
}

// startFileManager shows a folder with one file at the right of the screen,
// and returns where the file is.
func (s *stage) startFileManager(dir string) point {
	s.t.Helper()
	base := s.t.TempDir()
	write(s.t, filepath.Join(base, "config", "pcmanfm", "default", "pcmanfm.conf"), []byte(fileManagerSettings))
	if err := os.Chmod(base, 0o700); err != nil {
		s.t.Fatal(err)
	}
	c := exec.Command("pcmanfm", "--no-desktop", dir)
	// No daemons: they would outlive the test.
	c.Env = s.screen.env(filepath.Join(base, "home"), "XDG_CONFIG_HOME="+filepath.Join(base, "config"), "XDG_RUNTIME_DIR="+base,
		"GIO_USE_VFS=local", "GIO_USE_VOLUME_MONITOR=unix", "NO_AT_BRIDGE=1")
	s.screen.start(c)
	var id string
	s.screen.await("the file manager", func() bool {
		id = s.screen.window(c.Process.Pid)
		return id != ""
	})
	s.screen.x("windowmove", "--sync", id, "1230", "60")
	s.moveTo(point{1400, 700}) // away from what shall be compared
	return s.findFile(id)
}

// findFile finds the file in the file manager's window by what changes when it
// is selected.
func (s *stage) findFile(id string) point {
	s.t.Helper()
	look := func() image.Image {
		out, err := s.screen.command("import", "-window", id, "png:-").Output()
		if err != nil {
			s.t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			s.t.Fatal(err)
		}
		return img
	}
	var before, after image.Image
	s.screen.await("the folder drawn", func() bool { // it is there when two looks are alike
		before, after = after, look()
		return before != nil && changed(before, after).Empty() && strings.TrimSpace(s.screen.x("getactivewindow")) == id
	})
	s.screen.key("ctrl+a")
	var where image.Rectangle
	s.screen.await("the file selected", func() bool {
		now := look()
		settled := changed(after, now).Empty()
		where, after = changed(before, now), now
		return settled && where.Dx() > 20 && where.Dy() > 20
	})
	s.screen.x("mousemove", "--window", id, "0", "0")
	corner := s.screen.pointer()
	return point{corner.X + (where.Min.X+where.Max.X)/2, corner.Y + where.Min.Y + where.Dy()/3}
}

// changed is the smallest rectangle around all that differs.
func changed(a, b image.Image) image.Rectangle {
	if a.Bounds() != b.Bounds() {
		return b.Bounds()
	}
	var r image.Rectangle
	for y := b.Bounds().Min.Y; y < b.Bounds().Max.Y; y++ {
		for x := b.Bounds().Min.X; x < b.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}
