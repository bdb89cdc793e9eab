package wire

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"wherry/sync/vfs"
)

// maxHead bounds a proxy's answer to CONNECT, which is some hundred bytes.
const maxHead = 16 << 10

var (
	errLongHead = errors.New("the proxy's answer is longer than any honest one")
	errRefused  = errors.New("the proxy refused")
)

// throughHTTP asks for a tunnel by CONNECT (RFC 9110, 9.3.6).
func (p *relay) throughHTTP(_ context.Context, conn *hearing, target string) (vfs.Kind, string, error) {
	request, err := p.connectRequest(target)
	if err != nil {
		return vfs.KindProxyLogin, err.Error(), err
	}
	if _, err := conn.Write(request); err != nil {
		return vfs.KindOther, "", err
	}
	head, err := readHead(conn)
	if errors.Is(err, errLongHead) {
		return vfs.KindProtocol, err.Error(), err
	}
	if err != nil {
		return vfs.KindOther, "", err
	}
	code, reason, ok := parseHead(head)
	if !ok {
		return vfs.KindProtocol, "it does not speak HTTP", errRefused
	}
	kind := vfs.KindRefused
	switch {
	case code/100 == 2:
		return vfs.KindOther, "", nil
	case code == 407:
		kind = vfs.KindProxyLogin
	case code == 408, code == 504:
		kind = vfs.KindTimeout
	}
	return kind, strings.TrimSpace(fmt.Sprintf("%d %s", code, cut(p.conceal(reason), 80))), errRefused
}

// conceal keeps a proxy from having its password written down.
func (p *relay) conceal(text string) string {
	if p.password == "" {
		return text
	}
	return conceal(text, p.password)
}

// connectRequest is the whole request. target holds no control characters.
func (p *relay) connectRequest(target string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target)
	if p.user != "" {
		if strings.Contains(p.user, ":") {
			return nil, errors.New("the user name for the proxy holds a colon") // RFC 7617, 2
		}
		secret := base64.StdEncoding.EncodeToString([]byte(p.user + ":" + p.password))
		fmt.Fprintf(&b, "Proxy-Authorization: Basic %s\r\n", secret)
	}
	b.WriteString("\r\n")
	return b.Bytes(), nil
}

// readHead reads up to the empty line and not a byte further: the server's
// greeting may be next.
func readHead(r io.Reader) ([]byte, error) {
	var head []byte
	for one := make([]byte, 1); ; {
		if _, err := io.ReadFull(r, one); err != nil {
			return nil, err
		}
		head = append(head, one[0])
		switch {
		case bytes.HasSuffix(head, []byte("\r\n\r\n")), bytes.HasSuffix(head, []byte("\n\n")):
			return head, nil
		case len(head) >= maxHead:
			return nil, errLongHead
		}
	}
}

// parseHead reads the status line "HTTP/1.1 200 Connection established".
func parseHead(head []byte) (code int, reason string, ok bool) {
	line, _, _ := strings.Cut(string(head), "\n")
	version, rest, _ := strings.Cut(strings.TrimRight(line, "\r"), " ")
	digits, reason, _ := strings.Cut(rest, " ")
	code, err := strconv.Atoi(digits)
	if !strings.HasPrefix(version, "HTTP/1.") || err != nil || len(digits) != 3 || code < 100 {
		return 0, "", false
	}
	return code, strings.TrimSpace(reason), true
}
