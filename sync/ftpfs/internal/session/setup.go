package session

import (
	"slices"

	"wherry/sync/ftpfs/internal/wire"
)

// setUp brings the session into the state every operation counts on: what the
// server can (FEAT), protected data connections, binary type, names in UTF-8, the
// login folder. A server that bears several commands gets all at once, as far as
// it can be known before its answer to FEAT what that will make of them; what was
// asked for nothing does no harm.
func (o *operation) setUp() error {
	told := map[string]wire.Reply{}
	if err := o.tell(told, append([]string{"FEAT"}, o.guess()...)); err != nil {
		return err
	}
	o.feats, o.facts.Feat = parseFeatures(told["FEAT"])
	for _, line := range o.conf.Site.Commands {
		if err := o.siteCommand(line); err != nil {
			return err
		}
	}
	wishes := o.wishes()
	missing := slices.DeleteFunc(slices.Clone(wishes), func(line string) bool {
		_, known := told[line]
		return known
	})
	if err := o.tell(told, missing); err != nil {
		return err
	}
	o.conf.Learned.SetOpening(wishes)
	return o.understand(told)
}

// tell sends lines and adds the replies to told.
func (o *operation) tell(told map[string]wire.Reply, lines []string) error {
	replies, err := o.ctl.Batch(lines)
	for i, r := range replies {
		told[lines[i]] = r
	}
	return err
}

// guess is what the wishes will be, most likely; nothing where they are better
// waited for: what a person has sent after FEAT may change what is right.
func (o *operation) guess() []string {
	switch lines := o.conf.Learned.Opening(); {
	case len(o.conf.Site.Commands) > 0 || !o.ctl.Together():
		return nil
	case lines != nil:
		return lines
	case o.isVSFTPD():
		return append(o.ctl.Protection(), typeImage, "SYST", "PWD", sizeOfRoot)
	}
	return nil
}

// sizeOfRoot tells whether SIZE is answered of folders, too.
const sizeOfRoot = "SIZE /"

// wishes are the commands by which a session is set up.
func (o *operation) wishes() []string {
	lines := append(o.ctl.Protection(), typeImage)
	if o.names.enc == nil && o.supports("UTF8") {
		// FileZilla Server says 202, others refuse and do it all the same.
		lines = append(lines, "OPTS UTF8 ON")
	}
	if o.supports("MLST") {
		var more []string
		if o.hidesLinks() {
			more = append(more, "unique")
		}
		if line := factsCommand(o.feats["MLST"], more...); line != "" {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "SYST", "PWD")
	if o.asksSize() {
		lines = append(lines, sizeOfRoot)
	}
	return lines
}

// asksSize says whether files are asked about by SIZE.
func (o *operation) asksSize() bool { return !o.supports("MLST") && o.supports("SIZE") }

// understand judges the replies to the wishes.
func (o *operation) understand(told map[string]wire.Reply) error {
	if err := o.ctl.Protected(told); err != nil {
		return err
	}
	if err := o.typeConfirmed(told[typeImage]); err != nil {
		return err
	}
	if r := told["SYST"]; r.Code == 215 {
		o.facts.System = r.Text()
	}
	if err := o.home(told["PWD"]); err != nil || !o.asksSize() {
		return err
	}
	n, err := o.sizeFrom(told[sizeOfRoot])
	if err == nil {
		o.judgeSize(n)
	}
	return err
}
