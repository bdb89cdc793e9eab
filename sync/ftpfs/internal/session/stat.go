package session

import (
	"context"
	"path"
	"strings"
	"time"

	"wherry/sync/ftpfs/internal/listing"
	"wherry/sync/ftpfs/internal/wire"
	"wherry/sync/vfs"
)

// Stat describes one name: by MLST where the server has it; else a file by SIZE
// and MDTM, and what SIZE refuses by the listing of the folder above, which may
// hold a hundred thousand names. SIZE follows a link to a file and tells no
// permissions (vfs.FS allows for both); vsftpd is asked for these by STAT.
func (s *Session) Stat(ctx context.Context, p vfs.Path) (vfs.Entry, error) {
	var e vfs.Entry
	err := s.do(ctx, "stat", p, func(o *operation) (err error) {
		e, err = o.stat(p)
		return err
	})
	if err != nil {
		return vfs.Entry{}, err
	}
	return e, nil
}

func (o *operation) stat(p vfs.Path) (vfs.Entry, error) {
	if o.supports("MLST") {
		return o.statMLST(p)
	}
	if p.IsRoot() {
		return vfs.Entry{Type: vfs.TypeDir, Size: vfs.SizeUnknown}, nil
	}
	return o.statFile(p)
}

// statFile describes p without looking at the folder above where that can be
// done.
func (o *operation) statFile(p vfs.Path) (vfs.Entry, error) {
	if telling, err := o.sizeIsOfFiles(); err != nil {
		return vfs.Entry{}, err
	} else if !telling {
		return o.statTimed(p)
	}
	name, err := o.names.encode(p)
	if err != nil {
		return vfs.Entry{}, err
	}
	lists := o.statLists() && !isPattern(name)
	told, err := o.measure(p, name, lists)
	switch {
	case err != nil:
		return vfs.Entry{}, err
	case lists:
		return o.statSTAT(p, name, told)
	case told.size == vfs.SizeUnknown:
		return o.statTimed(p)
	}
	return told.date(vfs.Entry{Name: p.Base(), Type: vfs.TypeFile, Size: told.size}), nil
}

// statTimed is statParent with the time of a file to the second.
func (o *operation) statTimed(p vfs.Path) (vfs.Entry, error) {
	e, err := o.statParent(p)
	if err != nil || e.Type != vfs.TypeFile || e.Accuracy == time.Second || !o.supports("MDTM") {
		return e, err
	}
	return o.exactTime(p, e)
}

// measured is what SIZE, MDTM and CWD told together.
type measured struct {
	size    int64 // SizeUnknown where SIZE was refused
	stamp   wire.Reply
	entered bool // it is a folder
}

// date gives e the time that MDTM told, if any.
func (m measured) date(e vfs.Entry) vfs.Entry {
	if t, ok := stampOf(m.stamp); ok {
		e.ModTime, e.Accuracy = t, time.Second
	}
	return e
}

// measure asks SIZE of name, and along with it the time of a file, and with
// enter whether it is a folder.
func (o *operation) measure(p vfs.Path, name string, enter bool) (m measured, err error) {
	if !o.supports("SIZE") {
		return measured{size: vfs.SizeUnknown}, nil
	}
	if err := o.binary(); err != nil {
		return m, err
	}
	lines := []string{"SIZE " + name}
	timed := o.supports("MDTM")
	if timed {
		lines = append(lines, "MDTM "+name)
	}
	stood, out := o.cwd, []string(nil)
	if enter {
		out = o.aside(path.Dir(name))
		o.cwd = ""
		lines = append(append(lines, out...), "CWD "+name)
	}
	replies, err := o.ctl.Batch(lines)
	if err != nil {
		return m, err
	}
	if m.size, err = o.sizeFrom(replies[0]); err != nil {
		return m, err
	}
	if timed {
		if m.stamp = replies[1]; unknown(m.stamp.Code) {
			o.unlearn("MDTM")
		}
	}
	if enter {
		last := len(replies) - 1
		m.entered = replies[last].OK()
		switch {
		case m.entered:
			o.cwd = name
		case out == nil:
			o.cwd = stood
		case replies[last-1].OK():
			o.cwd = "/"
		}
	}
	return m, nil
}

// sizeIsOfFiles says whether SIZE tells that p is a file: most servers refuse
// it of a folder (RFC 3659 leaves that open), some give a number. The root is
// asked about once.
func (o *operation) sizeIsOfFiles() (bool, error) {
	if o.sizes == 0 {
		n, err := o.size(vfs.Root())
		if err != nil {
			return false, err
		}
		o.judgeSize(n)
	}
	return o.sizes == sizeOfFiles && o.supports("SIZE"), nil
}

// judgeSize learns from what SIZE told of a folder.
func (o *operation) judgeSize(n int64) {
	o.sizes = sizeOfFiles
	if n != vfs.SizeUnknown {
		o.sizes = sizeOfAll
	}
}

// What SIZE is answered for.
const (
	sizeOfFiles = 1 + iota
	sizeOfAll
)

// statLists says whether STAT with a path lists it over the control connection
// in the format of LIST: all servers do so in some way, vsftpd in a known one.
// An administrator may deny it (cmds_denied).
func (o *operation) statLists() bool { return o.isVSFTPD() && !o.denied }

// isPattern says whether the last element of name, in the server's bytes, could
// be taken for a pattern. In Shift-JIS and Big5 half a character may look so.
func isPattern(name string) bool {
	return strings.ContainsAny(name[strings.LastIndexByte(name, '/')+1:], patternBytes)
}

const patternBytes = "*?[]{}\\"

// statSTAT describes p, of which told is known, by STAT: a link as the link and
// a file with its permissions. Of a folder STAT tells the content, however much
// that is, so a name that can be entered is looked up in the folder above.
func (o *operation) statSTAT(p vfs.Path, name string, told measured) (vfs.Entry, error) {
	if told.size == vfs.SizeUnknown && told.entered {
		e, err := o.statParent(p)
		if e.Type == vfs.TypeLink {
			e.TargetType = vfs.TypeDir
		}
		return e, err
	}
	r, err := o.command("STAT " + name)
	if r.Code >= 500 {
		o.denied = true
		return o.statTimed(p)
	}
	if err != nil {
		return vfs.Entry{}, err
	}
	lines := strings.NewReader(strings.Join(r.Inner(), "\r\n") + "\r\n")
	entries, odd, err := listing.Read(lines, listing.LIST, o.listingOptions())
	if err == nil {
		err = o.inUTC(p.Dir(), entries)
	}
	if err != nil {
		return vfs.Entry{}, err
	}
	// Where aside led nowhere it also shows links to p, and not one that leads to a file.
	for _, e := range entries {
		if e.Name == p.Base() && e.Type == vfs.TypeFile {
			return told.date(e), nil
		} else if e.Name == p.Base() {
			return e, nil
		}
	}
	if len(entries)+len(odd) == 0 && told.size == vfs.SizeUnknown {
		return vfs.Entry{}, o.kinded(vfs.KindNotFound, "")
	}
	return o.statTimed(p)
}

func (o *operation) statMLST(p vfs.Path) (vfs.Entry, error) {
	name, err := o.names.encode(p)
	if err != nil {
		return vfs.Entry{}, err
	}
	r, err := o.command("MLST " + name)
	if r.Code >= 500 && unclear(err) && !saysMissing(r) {
		r, err = o.command("MLST " + name) // it may have been of the moment
	}
	if unknown(r.Code) {
		o.unlearn("MLST")
		return o.stat(p)
	}
	if r.Code >= 500 && unclear(err) {
		// Where a right is missing they say so; 450 and 451 mean "later".
		return vfs.Entry{}, o.kinded(vfs.KindNotFound, r.String())
	}
	if err != nil {
		return vfs.Entry{}, err
	}
	if !r.OK() {
		return vfs.Entry{}, o.kinded(vfs.KindProtocol, r.String())
	}
	e, err := factOf(r, o.listingOptions())
	if err != nil {
		return o.statParent(p) // no answer, but MLSD may give one
	}
	if !o.renames && !p.IsRoot() && !strings.EqualFold(path.Base(e.Name), p.Base()) {
		// The answer to another MLST, whose own is late, or a server that calls
		// names otherwise.
		if e, err = o.factAgain(name); err != nil {
			return vfs.Entry{}, err
		}
		o.renames = !strings.EqualFold(path.Base(e.Name), p.Base())
	}
	e.Name = p.Base()
	if e.HasMode && e.Mode.Perm() == 0o777 && e.Type != vfs.TypeLink && !p.IsRoot() {
		// ProFTPD tells of a link the type behind it and the link's own size
		// and mode. MLSD calls it a link, as Stat must: whoever deletes a
		// folder must not go through a link.
		return o.statParent(p)
	}
	return e, nil
}

// factAgain asks MLST with the replies in step.
func (o *operation) factAgain(name string) (vfs.Entry, error) {
	o.ctl.Suspect()
	r, err := o.command("MLST " + name)
	if err != nil {
		return vfs.Entry{}, err
	}
	return factOf(r, o.listingOptions())
}

// factOf reads the answer to MLST, which stands between two lines (RFC 3659,
// 7.2).
func factOf(r wire.Reply, options listing.Options) (vfs.Entry, error) {
	if len(r.Inner()) == 0 {
		return vfs.Entry{}, &vfs.Error{Op: "stat", Kind: vfs.KindProtocol, Reply: r.String()}
	}
	return listing.Fact(r.Inner()[0], options)
}

// statParent finds p in the listing of its folder.
func (o *operation) statParent(p vfs.Path) (vfs.Entry, error) {
	if p.IsRoot() {
		return vfs.Entry{Type: vfs.TypeDir, Size: vfs.SizeUnknown}, nil
	}
	entries, err := o.list(p.Dir())
	if err != nil {
		return vfs.Entry{}, err
	}
	for _, e := range entries {
		if e.Name == p.Base() {
			return e, nil
		}
	}
	return vfs.Entry{}, o.kinded(vfs.KindNotFound, "")
}

// size asks SIZE (RFC 3659, 4); SizeUnknown where the server does not say. In
// binary type it is the number of bytes.
func (o *operation) size(p vfs.Path) (int64, error) {
	if !o.supports("SIZE") {
		return vfs.SizeUnknown, nil
	}
	name, err := o.names.encode(p)
	if err != nil {
		return 0, err
	}
	if err := o.binary(); err != nil {
		return 0, err
	}
	r, err := o.ctl.Command("SIZE " + name)
	if err != nil {
		return 0, err
	}
	return o.sizeFrom(r)
}

// sizeFrom reads the reply to SIZE.
func (o *operation) sizeFrom(r wire.Reply) (int64, error) {
	n, told := sizeOf(r)
	switch {
	case told:
		return n, nil
	case unknown(r.Code):
		o.unlearn("SIZE")
	case r.Code < 400 && r.Code != 213: // 213 with words, or with a number that is none
		return 0, o.kinded(vfs.KindProtocol, r.String())
	}
	return vfs.SizeUnknown, nil
}

// exactTime asks MDTM (RFC 3659, 3); a refusal leaves the time as it is.
func (o *operation) exactTime(p vfs.Path, e vfs.Entry) (vfs.Entry, error) {
	name, err := o.names.encode(p)
	if err != nil {
		return e, err
	}
	r, err := o.ctl.Command("MDTM " + name)
	if err != nil {
		return e, err
	}
	if unknown(r.Code) {
		o.unlearn("MDTM")
	}
	if t, ok := stampOf(r); ok {
		o.clock.told = true
		e.ModTime, e.Accuracy = t, time.Second
	}
	return e, nil
}
