#ifndef ISTHMUS_COPENSSL_SHIM_H
#define ISTHMUS_COPENSSL_SHIM_H
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* What is wrapped here are macros, which Swift does not import. */

/* Contexts. */
static inline int isthmus_ctx_set_versions(SSL_CTX *context, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(context, lowest) && SSL_CTX_set_max_proto_version(context, highest);
}
static inline int isthmus_ctx_set_groups(SSL_CTX *context, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(context, groups);
}
static inline void isthmus_ctx_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(
        context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
}
static inline void isthmus_ctx_set_strict_options(SSL_CTX *context) {
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}
static inline void isthmus_ctx_forbid_tickets(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
}
static inline void isthmus_ctx_set_session_cache(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}
static inline void isthmus_ctx_set_longest_chain(SSL_CTX *context, long bytes) {
    SSL_CTX_set_max_cert_list(context, bytes);
}

/* Sessions. */
static inline int isthmus_ssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}
static inline int isthmus_ssl_has_extended_master_secret(SSL *ssl) {
    return SSL_get_extms_support(ssl) == 1;
}

/* The transport. */
static inline void isthmus_bio_retry_read(BIO *bio) {
    BIO_clear_retry_flags(bio);
    BIO_set_retry_read(bio);
}
static inline void isthmus_bio_clear_retry(BIO *bio) {
    BIO_clear_retry_flags(bio);
}

/* Stacks. */
static inline int isthmus_certificates_count(const STACK_OF(X509) *stack) {
    return sk_X509_num(stack);
}
static inline X509 *isthmus_certificates_at(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}
static inline STACK_OF(X509) *isthmus_certificates_new(void) {
    return sk_X509_new_null();
}
static inline int isthmus_certificates_add(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
/* Frees the stack, not the certificates in it. */
static inline void isthmus_certificates_free(STACK_OF(X509) *stack) {
    sk_X509_free(stack);
}
static inline int isthmus_names_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}
static inline GENERAL_NAME *isthmus_names_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

/* The part of a name that is a string: its bytes and their count, or NULL where the kind is another. */
static inline const unsigned char *isthmus_name_string(const GENERAL_NAME *name, int *length) {
    const ASN1_STRING *text = NULL;
    if (name->type == GEN_DNS || name->type == GEN_URI) {
        text = name->d.ia5;
    } else if (name->type == GEN_OTHERNAME) {
        const ASN1_TYPE *value = name->d.otherName->value;
        if (value != NULL && (value->type == V_ASN1_UTF8STRING || value->type == V_ASN1_IA5STRING)) {
            text = value->value.asn1_string;
        }
    }
    if (text == NULL) {
        return NULL;
    }
    *length = ASN1_STRING_length(text);
    return ASN1_STRING_get0_data(text);
}
/* The string type of an otherName's value. */
static inline int isthmus_name_string_type(const GENERAL_NAME *name) {
    return name->d.otherName->value->type;
}
static inline const ASN1_OBJECT *isthmus_name_object(const GENERAL_NAME *name) {
    return name->type == GEN_OTHERNAME ? name->d.otherName->type_id : NULL;
}
static inline int isthmus_name_kind(const GENERAL_NAME *name) {
    return name->type;
}
#endif
