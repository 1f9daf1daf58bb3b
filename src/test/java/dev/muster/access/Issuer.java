package dev.muster.access;

import dev.muster.json.Json;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens by the JDK's own cryptography, honestly or not. */
public final class Issuer {
    static final Issuer RSA = new Issuer("rsa", "RSA", pair("RSA", 2048));
    static final Issuer OTHER_RSA = new Issuer("other", "RSA", pair("RSA", 2048));
    static final Issuer P256 = new Issuer("p256", "P-256", pair("EC", 256));
    static final Issuer P384 = new Issuer("p384", "P-384", pair("EC", 384));
    public static final Issuer P521 = new Issuer("p521", "P-521", pair("EC", 521));
    static final Issuer ED25519 = new Issuer("ed", "Ed25519", pair("Ed25519", 255));

    private final String kid;
    private final String kind;
    private final KeyPair pair;

    private Issuer(String kid, String kind, KeyPair pair) {
        this.kid = kid;
        this.kind = kind;
        this.pair = pair;
    }

    String kid() {
        return kid;
    }

    /** The public key, as in a set. */
    public Map<String, Object> jwk() {
        Map<String, Object> jwk = new LinkedHashMap<>();
        jwk.put("kid", kid);
        jwk.put("use", "sig");
        if (pair.getPublic() instanceof RSAPublicKey key) {
            jwk.put("kty", "RSA");
            jwk.put("n", encode(fixed(key.getModulus(), 256)));
            jwk.put("e", encode(key.getPublicExponent().toByteArray()));
        } else if (pair.getPublic() instanceof ECPublicKey key) {
            int bytes = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
            jwk.put("kty", "EC");
            jwk.put("crv", kind);
            jwk.put("x", encode(fixed(key.getW().getAffineX(), bytes)));
            jwk.put("y", encode(fixed(key.getW().getAffineY(), bytes)));
        } else {
            byte[] x =
                    reversed(fixed(((EdECPublicKey) pair.getPublic()).getPoint().getY(), 32));
            if (((EdECPublicKey) pair.getPublic()).getPoint().isXOdd()) {
                x[31] |= (byte) 0x80;
            }
            jwk.put("kty", "OKP");
            jwk.put("crv", kind);
            jwk.put("x", encode(x));
        }
        return jwk;
    }

    /** The bytes that a confused verifier would take for a shared secret. */
    byte[] publicKey() {
        return pair.getPublic().getEncoded();
    }

    /** An honest token. */
    public String token(String algorithm, Map<String, ?> claims) {
        return token(Map.of("alg", algorithm, "typ", "JWT", "kid", kid), claims);
    }

    /** A token signed by the header's algorithm, with whatever else the header says. */
    String token(Map<String, ?> header, Map<String, ?> claims) {
        String signed = part(header) + "." + part(claims);
        return signed + "." + encode(sign((String) header.get("alg"), signed.getBytes(StandardCharsets.US_ASCII)));
    }

    public static String set(Map<?, ?>... keys) {
        return Json.write(Map.of("keys", List.of(keys)));
    }

    static Map<String, Object> secret(byte[] secret) {
        return new LinkedHashMap<>(Map.of("kid", "secret", "kty", "oct", "k", encode(secret)));
    }

    static String shared(byte[] secret, Map<String, ?> header, Map<String, ?> claims) {
        try {
            String signed = part(header) + "." + part(claims);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signed + "." + encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String part(Map<String, ?> json) {
        return encode(Json.writeBytes(json));
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private byte[] sign(String algorithm, byte[] text) {
        try {
            Signature signature = signature(algorithm);
            signature.initSign(pair.getPrivate());
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        String bits = algorithm.substring(2);
        switch (algorithm.substring(0, 2)) {
            case "RS":
                return Signature.getInstance("SHA" + bits + "withRSA");
            case "ES":
                return Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
            case "PS":
                var pss = Signature.getInstance("RSASSA-PSS");
                String hash = "SHA-" + bits;
                int salt = Integer.parseInt(bits) / 8;
                pss.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
                return pss;
            default:
                return Signature.getInstance("Ed25519");
        }
    }

    private static KeyPair pair(String algorithm, int size) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(size);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int from = Math.max(0, bytes.length - length);
        System.arraycopy(bytes, from, fixed, length - (bytes.length - from), bytes.length - from);
        return fixed;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = Arrays.copyOf(bytes, bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
