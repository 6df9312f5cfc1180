package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// refused is an answer of the server that is no answer to an offer or a restart.
type refused struct {
	status int
	body   string
}

func (r refused) Error() string { return fmt.Sprintf("%d: %s", r.status, r.body) }

// whep is one session (draft-ietf-wish-whep).
type whep struct {
	endpoint, session, etag string
}

// offer returns the answer.
func (w *whep) offer(sdp string) (string, error) {
	status, header, body, err := request(http.MethodPost, w.endpoint, sdp, map[string]string{"Content-Type": "application/sdp"})
	if err != nil {
		return "", err
	}
	if status != http.StatusCreated {
		return "", refused{status, body}
	}
	base, err := url.Parse(w.endpoint)
	if err != nil {
		return "", err
	}
	location, err := base.Parse(header.Get("Location"))
	if err != nil {
		return "", err
	}
	w.session, w.etag = location.String(), header.Get("ETag")
	say("answered", event{"status": status, "session": w.session[strings.LastIndex(w.session, "/")+1:]})
	return body, nil
}

// patch returns the answer's fragment of an ICE restart; nothing after candidates (RFC 9725, section 4.3).
func (w *whep) patch(fragment string) (string, error) {
	headers := map[string]string{"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": w.etag}
	status, header, body, err := request(http.MethodPatch, w.session, fragment, headers)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK && status != http.StatusNoContent {
		return "", refused{status, body}
	}
	if etag := header.Get("ETag"); etag != "" {
		w.etag = etag
	}
	return body, nil
}

func (w *whep) leave() error {
	status, _, _, err := request(http.MethodDelete, w.session, "", nil)
	if err == nil {
		say("left", event{"status": status})
	}
	return err
}

func request(method, address, body string, headers map[string]string) (int, http.Header, string, error) {
	request, err := http.NewRequest(method, address, bytes.NewBufferString(body))
	if err != nil {
		return 0, nil, "", err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(text), err
}

var (
	candidateLine  = regexp.MustCompile(`(?m)^a=candidate:.*\r?\n`)
	candidateLines = regexp.MustCompile(`(?m)^a=(candidate|end-of-candidates).*\r?\n`)
	mLine          = regexp.MustCompile(`(?m)^m=.*\r?\n`)
	midLine        = regexp.MustCompile(`(?m)^a=mid:.*\r?\n`)
	ufragLine      = regexp.MustCompile(`(?m)^a=ice-ufrag:.*\r?\n`)
	pwdLine        = regexp.MustCompile(`(?m)^a=ice-pwd:.*\r?\n`)
)

func withoutCandidates(sdp string) string { return candidateLines.ReplaceAllString(sdp, "") }

// fragment is what RFC 8840, section 9, sends of a description: its ICE credentials, and the first m-line with its candidates.
func fragment(sdp string) string {
	first := func(pattern *regexp.Regexp) string { return strings.TrimSpace(pattern.FindString(sdp)) }
	lines := []string{first(ufragLine), first(pwdLine), first(mLine), first(midLine)}
	known := map[string]bool{}
	for _, line := range candidateLine.FindAllString(sdp, -1) {
		if line = strings.TrimSpace(line); !known[line] {
			known[line] = true
			lines = append(lines, line)
		}
	}
	return strings.Join(append(lines, "a=end-of-candidates", ""), "\r\n")
}

// restarted is an answer after an ICE restart: the old one with what the fragment says of ICE.
func restarted(answer, fragment string) string {
	candidates := strings.Join(candidateLine.FindAllString(fragment, -1), "")
	answer = ufragLine.ReplaceAllLiteralString(withoutCandidates(answer), ufragLine.FindString(fragment))
	first := true
	return pwdLine.ReplaceAllStringFunc(answer, func(string) string {
		lines := pwdLine.FindString(fragment)
		if first {
			lines += candidates
		}
		first = false
		return lines
	})
}
