#!/bin/sh
# Makes the certificates that a cluster needs: of an authority of its own, of each node, and of the administrator.
#
#   deploy/make-certificates.sh [NODE ...]
#
# A NODE is a name, and after commas whatever else it is called: opensearch-1,search1.example.org,10.0.0.11. Without any:
# opensearch-1, opensearch-2 and opensearch-3. Every node may also be called localhost.
#
# They go to the folder "certificates" beside this script, or to $CERTIFICATES, and are good for $DAYS days (825). What is
# there already stays: to renew a certificate, remove its .pem and .key and run this again. To renew the authority, remove
# everything.
#
# The nodes read their keys as user 1000. Run with sudo, this gives the keys to that user, and the others to yours.
set -eu

folder=${CERTIFICATES:-$(dirname "$0")/certificates}
days=${DAYS:-825}
[ $# -gt 0 ] || set -- opensearch-1 opensearch-2 opensearch-3

umask 077
mkdir -p "$folder"
cd "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key() { # FILE: a key in PKCS#8, which OpenSearch wants
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
}

made() { # FILE NAME EXTENSIONS: a key and a certificate that the authority signs
    if [ -e "$1.pem" ]; then
        echo "$folder/$1.pem is there already"
        return
    fi
    key "$1.key"
    printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
        "subjectKeyIdentifier=hash" "authorityKeyIdentifier=keyid" "$3" >"$work/extensions"
    openssl req -new -key "$1.key" -subj "/CN=$2" -out "$work/request"
    openssl x509 -req -in "$work/request" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" -sha256 \
        -days "$days" -extfile "$work/extensions" -out "$work/$1.pem" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
    # The certificate is put there last: who was interrupted makes it anew.
    chmod 644 "$work/$1.pem"
    mv "$work/$1.pem" "$1.pem"
    echo "$folder/$1.pem"
}

alternatives() { # NAME,NAME,...: as subjectAltName has them
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1'
    for name in $(printf %s "$1" | tr , ' '); do
        case $name in
            *:*) printf ',IP:%s' "$name" ;;
            *[!0-9.]*) printf ',DNS:%s' "$name" ;;
            *) printf ',IP:%s' "$name" ;;
        esac
    done
}

if [ ! -e ca.pem ]; then
    key ca.key
    cat >"$work/config" <<'END'
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
END
    openssl req -new -x509 -key ca.key -subj "/CN=searchkit-authority" -sha256 -days "$days" \
        -config "$work/config" -extensions authority -out "$work/ca.pem"
    chmod 644 "$work/ca.pem"
    mv "$work/ca.pem" ca.pem
    echo "$folder/ca.pem"
fi
for node in "$@"; do
    made "${node%%,*}" "${node%%,*}" "extendedKeyUsage=serverAuth,clientAuth
$(alternatives "$node")"
done
made admin searchkit-admin "extendedKeyUsage=clientAuth"

chmod 755 .
case $(id -u) in
    0)
        for node in "$@"; do chown 1000 "${node%%,*}.key"; done
        chown "${SUDO_UID:-0}" ca.key admin.key
        ;;
    1000) ;;
    *) echo "The nodes run as user 1000 and could not read their keys. Give them to it:  sudo chown 1000 $folder/*-*.key" >&2 ;;
esac
