package session

import "strings"

// pret tells a distributed server which transfer comes next, so that it can
// give the address of the machine that has the file (draft-dd-pret-00; DrFTPD,
// glftpd behind a master). Pure-FTPd names PRET and does not need it: there it
// would be a round trip before each transfer. A refusal is the transfer's own:
// such a server answers PRET for a file that is not there by 550.
func (o *operation) pret(transfer string) error {
	if o.feats == nil || !o.supports("PRET") || strings.Contains(o.ctl.Greeting(), "Pure-FTPd") {
		return nil
	}
	r, err := o.command("PRET " + transfer)
	if unknown(r.Code) || r.Code == 501 {
		o.unlearn("PRET")
		return nil
	}
	return err
}
