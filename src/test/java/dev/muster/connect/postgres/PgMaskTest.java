package dev.muster.connect.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values stay out of messages in every language that Postgres has. */
class PgMaskTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "22P02 | invalid input syntax for type integer: \"hunter2\" | invalid input syntax for type integer: \"…\"",
                "22P02 | ungültige Eingabesyntax für Typ integer: »hunter2« | ungültige Eingabesyntax für Typ integer: »…«",
                "22003 | Wert »hunter2« ist außerhalb des gültigen Bereichs für Typ integer | Wert »…« ist außerhalb des gültigen Bereichs für Typ integer",
                "22P02 | la sintaxis de entrada no es válida para tipo integer: «hunter2» | la sintaxis de entrada no es válida para tipo integer: «…»",
                "22003 | la valeur « hunter2 » est en dehors des limites pour le type integer | la valeur «…» est en dehors des limites pour le type integer",
                "22P02 | \"integer\"型の入力構文が不正です: \"hunter2\" | \"…\"",
                "22009 | უცნობი დროის სარტყელი: hunter2 | a value does not fit",
                "22003 | hunter2 დიაპაზონს გარეთაა ტიპისთვის: double precision | a value does not fit",
                "22030 | duplicate JSON object key value: hunter2 | duplicate JSON object key value: …",
                "22P02 | invalid input syntax for type integer: \"hunter2\" or \"\" hunter2 | invalid input syntax for type integer: \"…\" hunter2",
                "22P02 | invalid input syntax for type integer: \"hunter2 | invalid input syntax for type integer: \"…",
                "22021 | invalid byte sequence for encoding \"UTF8\": 0xff 0x68 0x75 | invalid byte sequence for encoding \"…\": …",
                "22012 | division by zero | division by zero",
                "22012 | Division durch Null | Division durch Null",
            })
    void wrongData_isLeftOut(String code, String message, String shown) {
        assertThat(PgMask.masked(message, code, List.of())).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no place for \"hunter2\" | no place for \"…\"",
                "kein Platz für »hunter2« | kein Platz für »…«",
                "pas de place pour « hunter2 » | pas de place pour « … »",
                "「hunter2」 und »hunter2« | 「…」 und »…«",
                "a word such as hunter2 outside | a word such as hunter2 outside",
                "\"hunter22\" is another | \"hunter22\" is another",
            })
    void parameter_isLeftOutBetweenQuotationMarks(String message, String shown) {
        assertThat(PgMask.masked(message, "P0001", Arrays.asList(null, "", "hunter2")))
                .isEqualTo(shown);
    }
}
