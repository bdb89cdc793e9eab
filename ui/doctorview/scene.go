package doctorview

import "strings"

// Measure tells how wide a text is.
type Measure func(text string, bold bool) float32

// Shape is one thing to be drawn. Positions are from the picture's top left
// corner, in Fyne's device independent pixels.
type Shape struct {
	Kind Kind
	Tone Tone
	X, Y float32 // top left; for a Head its tip, for a Cross its middle
	W, H float32 // for a Line the way from its begin to its end
	Text string
	Look TextLook
	// Left says that a Head points to the left.
	Left bool
}

// Kind of a Shape.
type Kind uint8

// The kinds.
const (
	Box   Kind = iota // with round corners: a computer, or a port of one
	Brick             // one brick of a wall
	Line              // a connection
	Dash              // a piece of the way of a connection that was not made
	Head              // of an arrow
	Cross             // where a connection was stopped
	Label             // text
	Sign              // the sign of Tone
	Rule              // a hair line between lanes
)

// TextLook is how a Label is drawn.
type TextLook struct {
	Bold, Dim, Colored bool // Colored: in that of Tone
	Middle             bool // in the middle of its width
}

// Scene is a picture laid out.
type Scene struct {
	Shapes        []Shape
	Width, Height float32
	measure       Measure
}

// The measures of a picture.
const (
	edge       float32 = 12 // around it
	textHeight float32 = 16
	portHeight float32 = 22
	laneGap    float32 = 9 // above and below the hair line between lanes
	signSize   float32 = 16
	gap        float32 = 6
	headLength float32 = 9
	crossSize  float32 = 6 // half of its width
	dash       float32 = 5
	brickWidth float32 = 12 // half of the wall
	brickOver  float32 = 3  // of the wall above and below a port
	// LeastWidth is the narrowest that a picture can be laid out in.
	LeastWidth float32 = 400
)

// columns are where the three of them lie.
type columns struct{ left, right, wall, node, wallNode float32 }

func columnsIn(width float32) columns {
	node := min(max(width*0.25, 110), 230)
	return columns{
		left: edge, right: width - edge - node, wall: width / 2,
		node: node, wallNode: min(width-2*(edge+node+gap), 200),
	}
}

// Layout lays a picture out in a width; one below LeastWidth is treated as
// that.
func Layout(p Picture, width float32, measure Measure) Scene {
	s := Scene{Width: max(width, LeastWidth), Height: edge, measure: measure}
	c := columnsIn(s.Width)
	height := 2*gap + 2*textHeight
	if p.Us.Second != "" || p.Server.Second != "" || p.Wall.Second != "" {
		height += textHeight
	}
	s.node(p.Us, c.left, c.node, height, true)
	s.node(p.Wall, c.wall-c.wallNode/2, c.wallNode, height, p.Through)
	s.node(p.Server, c.right, c.node, height, true)
	s.Height += height + laneGap
	for i, l := range p.Lanes {
		if i > 0 {
			s.add(Shape{Kind: Rule, X: edge, Y: s.Height, W: s.Width - 2*edge, H: 1})
			s.Height += laneGap
		}
		s.lane(l, c, p.Through)
		s.Height += laneGap
	}
	s.Height += edge - laneGap
	return s
}

func (s *Scene) add(x Shape) { s.Shapes = append(s.Shapes, x) }

// text adds a text, shortened in its middle where it is too wide.
func (s *Scene) text(text string, x, y, width float32, l TextLook, t Tone) {
	if text = elide(text, width, l.Bold, s.measure); text != "" {
		s.add(Shape{Kind: Label, Text: text, X: x, Y: y, W: width, H: textHeight, Look: l, Tone: t})
	}
}

// node draws the head of a column.
func (s *Scene) node(n Node, x, width, height float32, boxed bool) {
	if boxed {
		s.add(Shape{Kind: Box, X: x, Y: s.Height, W: width, H: height})
	}
	y := s.Height + gap
	s.text(n.Title, x+gap, y, width-2*gap, TextLook{Bold: true, Middle: true}, Quiet)
	for _, line := range []string{n.Line, n.Second} {
		if line != "" {
			y += textHeight
			s.text(line, x+gap, y, width-2*gap, TextLook{Dim: true, Middle: true}, Quiet)
		}
	}
}

// lane draws one connection below what is there.
func (s *Scene) lane(l Lane, c columns, through bool) {
	s.head(l)
	y := s.Height
	s.add(Shape{Kind: Box, X: c.left, Y: y, W: c.node, H: portHeight, Tone: l.Tone})
	s.add(Shape{Kind: Box, X: c.right, Y: y, W: c.node, H: portHeight, Tone: l.Tone})
	inner, top := c.node-2*gap, y+(portHeight-textHeight)/2
	s.text(l.Here, c.left+gap, top, inner, TextLook{Middle: true, Dim: !l.Made}, Quiet)
	s.text(l.There, c.right+gap, top, inner, TextLook{Middle: true, Dim: !l.Made}, Quiet)
	if !through {
		s.bricks(c.wall, y)
	}
	s.way(l, c, y+portHeight/2)
	s.Height += portHeight
	if l.Note == "" {
		return
	}
	s.Height += brickOver + 1
	for _, line := range wrap(l.Note, s.Width-2*edge, s.measure) {
		s.text(line, edge, s.Height, s.Width-2*edge, TextLook{Dim: l.Tone != Bad, Colored: l.Tone == Bad}, l.Tone)
		s.Height += textHeight
	}
}

// head is the line of words over a connection; in a narrow picture the caption
// has a line of its own.
func (s *Scene) head(l Lane) {
	right := s.Width - edge
	result := s.measure(l.Result, true) + 1
	nameAt := edge
	name := s.measure(l.Name, true) + 1
	caption := s.measure(l.Caption, false) + 1
	captionAt := nameAt + name + 2*gap
	resultAt := right - result
	s.add(Shape{Kind: Sign, Tone: l.Tone, X: resultAt - signSize - gap/2, Y: s.Height, W: signSize, H: signSize})
	s.text(l.Name, nameAt, s.Height, name, TextLook{Bold: true}, Quiet)
	s.text(l.Result, resultAt, s.Height, result, TextLook{Bold: true, Colored: true}, l.Tone)
	if captionAt+caption+2*gap > resultAt-signSize-gap {
		s.Height += textHeight
		captionAt = nameAt
	}
	s.text(l.Caption, captionAt, s.Height, min(caption, right-captionAt), TextLook{Dim: true}, Quiet)
	s.Height += textHeight + brickOver + 1
}

// bricks draws the piece of wall that a connection passes.
func (s *Scene) bricks(x, y float32) {
	const rows = 4
	h := (portHeight + 2*brickOver) / rows
	for row := range rows {
		top := y - brickOver + float32(row)*h
		if row%2 == 0 {
			s.add(Shape{Kind: Brick, X: x - brickWidth, Y: top, W: 2 * brickWidth, H: h})
			continue
		}
		s.add(Shape{Kind: Brick, X: x - brickWidth, Y: top, W: brickWidth, H: h})
		s.add(Shape{Kind: Brick, X: x, Y: top, W: brickWidth, H: h})
	}
}

// way draws the connection itself: up to where it was stopped, and beyond only
// the way that it would have taken.
func (s *Scene) way(l Lane, c columns, y float32) {
	from, to, sign := c.left+c.node+2, c.right-2, float32(1)
	if !l.ToServer {
		from, to, sign = to, from, -1
	}
	left, right := min(from, to), max(from, to)
	at := to
	switch l.Stop {
	case AtUs:
		at = left + headLength + crossSize + 5
	case AtWall:
		at = c.wall - sign*(brickWidth+crossSize+6)
	case AtServer:
		at = right - headLength - crossSize - 5
	}
	begin := from
	if l.Made && l.Tone != Quiet && l.Tone != Busy {
		end := at
		if l.Stop == Nowhere {
			end = to - sign*headLength
		} else {
			end -= sign * (crossSize + 2)
		}
		if (end-from)*sign > 0 {
			s.add(Shape{Kind: Line, Tone: l.Tone, X: from, Y: y, W: end - from})
			begin = at + sign*(crossSize+3)
		}
	}
	if l.Stop == Nowhere && l.Made && l.Tone != Quiet && l.Tone != Busy {
		s.add(Shape{Kind: Head, Tone: l.Tone, X: to, Y: y, Left: sign < 0})
		return
	}
	s.dashes(begin, to-sign*headLength, at, l, y)
	s.add(Shape{Kind: Head, Tone: quieter(l.Tone), X: to, Y: y, Left: sign < 0})
	if l.Stop != Nowhere {
		s.add(Shape{Kind: Cross, Tone: l.Tone, X: at, Y: y})
	}
}

// dashes draws the way between two points but for where a cross stands.
func (s *Scene) dashes(from, to, cross float32, l Lane, y float32) {
	for x := min(from, to); x+dash <= max(from, to); x += 2 * dash {
		if l.Stop != Nowhere && x+dash > cross-crossSize-2 && x < cross+crossSize+2 {
			continue
		}
		s.add(Shape{Kind: Dash, Tone: quieter(l.Tone), X: x, Y: y, W: dash})
	}
}

// quieter is the tone of what was not made.
func quieter(t Tone) Tone {
	if t == Busy {
		return Busy
	}
	return Quiet
}

const ellipsis = "…"

// elide shortens a text in its middle to a width, so that the end of an
// address can be read.
func elide(text string, width float32, bold bool, measure Measure) string {
	if measure(text, bold) <= width {
		return text
	}
	runes := []rune(text)
	for keep := len(runes) - 1; keep > 0; keep-- {
		tail := keep / 2
		short := string(runes[:keep-tail]) + ellipsis + string(runes[len(runes)-tail:])
		if measure(short, bold) <= width {
			return short
		}
	}
	return ""
}

// wrap breaks a text at blanks into lines of a width.
func wrap(text string, width float32, measure Measure) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && measure(longer, false) > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}
