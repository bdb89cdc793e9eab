package doctorview

import (
	"fmt"
	"strings"
	"testing"
)

// flat reckons each character as wide as an average one.
func flat(text string, bold bool) float32 {
	width := float32(len([]rune(text))) * 6.5
	if bold {
		width *= 1.08
	}
	return width
}

const longest = "2001:0db8:85a3:0000:0000:8a2e:0370:7334"

func lane(toServer bool, t Tone, at Stop, made bool) Lane {
	return Lane{
		Name: "Passive data", Caption: captions["passive"], Result: "refused by the server", Tone: t, ToServer: toServer,
		Note: "Nobody answered at [" + longest + "]:40112 within 6 s, and that is a long time for somebody who waits for it.",
		Here: "port 50815", There: "port 40112", Stop: at, Made: made,
	}
}

func TestNothingOverlapsInAnyPicture(t *testing.T) {
	for _, width := range []float32{100, 400, 520, 690, 860, 1400} {
		for _, nodes := range []Node{{Title: "This computer", Line: longest, Second: "a private address"}, {Title: "Server"}} {
			p := Picture{Us: nodes, Wall: Node{Title: "Router", Line: "private | public"}, Server: nodes}
			for at := Nowhere; at <= AtServer; at++ {
				p.Lanes = append(p.Lanes, lane(true, Bad, at, true), lane(false, Bad, at, true), lane(false, Quiet, at, false))
			}
			s := Layout(p, width, flat)
			t.Run(fmt.Sprintf("%v wide, %s", width, nodes.Title), func(t *testing.T) { checkScene(t, s) })
		}
	}
}

// checkScene fails where texts overlap each other or a line, or leave the
// picture or their own width.
func checkScene(t *testing.T, s Scene) {
	t.Helper()
	var texts []Shape
	for _, x := range s.Shapes {
		left, right, top, bottom := bounds(x)
		if left < 0 || right > s.Width || top < 0 || bottom > s.Height {
			t.Errorf("%+v leaves the picture of %v x %v", x, s.Width, s.Height)
		}
		if x.Kind != Label && x.Kind != Sign {
			continue
		}
		if x.Kind == Label && flat(x.Text, x.Look.Bold) > x.W+0.5 {
			t.Errorf("%q is wider than its place", x.Text)
		}
		for _, other := range texts {
			if x.X < other.X+other.W && other.X < x.X+x.W && x.Y < other.Y+other.H && other.Y < x.Y+x.H {
				t.Errorf("%q lies over %q", x.Text, other.Text)
			}
		}
		texts = append(texts, x)
	}
	for _, x := range s.Shapes {
		if x.Kind == Label || x.Kind == Sign || x.Kind == Box {
			continue
		}
		left, right, top, bottom := bounds(x)
		for _, text := range texts {
			if left < text.X+text.W && text.X < right && top < text.Y+text.H && text.Y < bottom {
				t.Errorf("a shape of kind %d lies over %q", x.Kind, text.Text)
			}
		}
	}
}

func bounds(x Shape) (left, right, top, bottom float32) {
	switch x.Kind {
	case Cross:
		return x.X - crossSize, x.X + crossSize, x.Y - crossSize, x.Y + crossSize
	case Head:
		if x.Left {
			return x.X, x.X + headLength, x.Y - 4, x.Y + 4
		}
		return x.X - headLength, x.X, x.Y - 4, x.Y + 4
	}
	return min(x.X, x.X+x.W), max(x.X, x.X+x.W), x.Y, x.Y + x.H
}

func TestConnectionIsDrawn(t *testing.T) {
	const width = 700
	c := columnsIn(width)
	us, server := c.left+c.node, c.right
	for outcome, tc := range map[string]struct {
		lane         Lane
		line         bool
		from, to     float32 // about where the line begins and ends
		left         bool    // the arrow points to the left
		cross        float32 // about where the cross is, 0 for none
		dashed, head bool
	}{
		"from us to the server in passive mode": {
			lane: lane(true, Good, Nowhere, true), line: true, from: us, to: server, head: true,
		},
		"from the server to us in active mode": {
			lane: lane(false, Good, Nowhere, true), line: true, from: server, to: us, left: true, head: true,
		},
		"up to the server where its ports are closed": {
			lane: lane(true, Bad, AtServer, true), line: true, from: us, to: server - 28, cross: server - 20, dashed: false, head: true,
		},
		"up to the wall, from the server's side, where the router drops it": {
			lane: lane(false, Bad, AtWall, true), line: true, from: server, to: c.wall + 30, left: true, cross: c.wall + 22, dashed: true, head: true,
		},
		"not at all where the server refuses to call, with the cross at the server": {
			lane: lane(false, Bad, AtServer, false), left: true, cross: server - 20, dashed: true, head: true,
		},
		"not at all where no port is free here, with the cross here": {
			lane: lane(false, Bad, AtUs, false), left: true, cross: us + 20, dashed: true, head: true,
		},
		"as a way only, where it was not tried": {
			lane: lane(true, Quiet, Nowhere, false), dashed: true, head: true,
		},
	} {
		t.Run(outcome, func(t *testing.T) {
			s := Layout(Picture{Lanes: []Lane{tc.lane}}, width, flat)
			var line, cross, head *Shape
			dashes := 0
			for _, x := range s.Shapes {
				switch x.Kind {
				case Line:
					line = &x
				case Cross:
					cross = &x
				case Head:
					head = &x
				case Dash:
					dashes++
				}
			}
			if (line != nil) != tc.line || line != nil && (!near(line.X, tc.from) || !near(line.X+line.W, tc.to)) {
				t.Errorf("the line is %+v, not from %v to %v", line, tc.from, tc.to)
			}
			if (cross != nil) != (tc.cross != 0) || cross != nil && !near(cross.X, tc.cross) {
				t.Errorf("the cross is %+v, not at %v", cross, tc.cross)
			}
			if head == nil || head.Left != tc.left {
				t.Errorf("the head is %+v", head)
			}
			if dashes > 0 != tc.dashed {
				t.Errorf("%d dashes", dashes)
			}
		})
	}
}

func near(a, b float32) bool { return a-b < 14 && b-a < 14 }

func TestTextsFit(t *testing.T) {
	if got := elide(longest, 20*6.5, false, flat); len([]rune(got)) != 20 || !strings.HasPrefix(got, "2001:0db8") || !strings.HasSuffix(got, ":7334") {
		t.Errorf("shortened to %q", got)
	}
	if got := elide("port 21", 3, false, flat); got != "" {
		t.Errorf("no room, and %q", got)
	}
	for _, line := range wrap(strings.Repeat("word ", 40), 200, flat) {
		if flat(line, false) > 200 {
			t.Errorf("%q is too wide", line)
		}
	}
}
